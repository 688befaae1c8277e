package io.github.h2transport.spring.boot.autoconfigure;

import io.github.h2transport.spring.SharedHttp2Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Ends the transport after all other beans. Spring destroys beans in the opposite order
 * of their creation, and post-processors of the bean factory are created first; the
 * transport itself may come after a bean that asks for its client late.
 */
final class TransportEnd implements BeanFactoryPostProcessor, DisposableBean {

	private volatile @Nullable SharedHttp2Transport transport;

	/** There is nothing to change in the factory: being early is all. */
	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
	}

	SharedHttp2Transport of(SharedHttp2Transport ended) {
		this.transport = ended;
		return ended;
	}

	@Override
	public void destroy() {
		SharedHttp2Transport last = this.transport;
		if (last != null) {
			last.close();
		}
	}

}
