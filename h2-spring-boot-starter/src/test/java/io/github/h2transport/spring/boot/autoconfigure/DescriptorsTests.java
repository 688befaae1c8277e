package io.github.h2transport.spring.boot.autoconfigure;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the endpoint answers is a contract of its own: a type of the core in it would let
 * a change there change the JSON.
 */
class DescriptorsTests {

	@ParameterizedTest
	@ValueSource(classes = { H2PoolDescriptor.class, DiagnosisDescriptor.class })
	void theContractIsMadeOfItsOwnTypesOnly(Class<?> answer) {
		Set<Class<?>> types = new LinkedHashSet<>();
		collect(answer, types);

		assertThat(types).hasSizeGreaterThan(4)
			.allMatch((type) -> type.isPrimitive() || type.getPackageName().startsWith("java.")
					|| type.getName().startsWith(descriptors()), "ours");
	}

	private static String descriptors() {
		return DescriptorsTests.class.getPackageName() + ".";
	}

	private static void collect(Type type, Set<Class<?>> types) {
		if (type instanceof ParameterizedType generic) {
			collect(generic.getRawType(), types);
			for (Type argument : generic.getActualTypeArguments()) {
				collect(argument, types);
			}
		}
		else if (type instanceof Class<?> plain && types.add(plain) && plain.isRecord()) {
			for (RecordComponent component : plain.getRecordComponents()) {
				collect(component.getGenericType(), types);
			}
		}
	}

}
