package io.github.h2transport.spring.matrix.stock;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.h2transport.testkit.Content;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** {@link StockSite} on servlets. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class MvcApplication {

	@GetMapping(StockSite.CONTENT)
	byte[] content() {
		return Content.ofSize(StockSite.CONTENT_SIZE);
	}

	@GetMapping(StockSite.DOWNLOAD)
	void download(HttpServletResponse response) throws IOException {
		response.getOutputStream().write(Content.ofSize(StockSite.DOWNLOAD_SIZE));
	}

	@PostMapping(StockSite.UPLOAD)
	String upload(InputStream content) throws IOException {
		return StockSite.received(content.readAllBytes());
	}

	@PostMapping(StockSite.PARTS)
	String parts(@RequestParam MultiValueMap<String, MultipartFile> parts) {
		return StockSite.parts(parts.values().stream().flatMap(List::stream).map(MultipartFile::getSize).toList());
	}

	@RequestMapping(StockSite.UNREAD)
	void unread(HttpServletResponse response) throws IOException {
		response.flushBuffer();
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(StockSite.PAUSE_MILLIS));
		response.getOutputStream().write(Content.ofSize(StockSite.UNREAD_SIZE));
	}

}
