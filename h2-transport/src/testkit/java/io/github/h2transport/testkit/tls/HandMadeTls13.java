package io.github.h2transport.testkit.tls;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import io.github.h2transport.testkit.Certificates;

/**
 * The server's side of TLS 1.3 (RFC 8446) with TLS_AES_128_GCM_SHA256, x25519 and ALPN
 * h2, made by hand so that it can send what no library sends. Presents the certificate of
 * localhost. Confined to one thread.
 */
public final class HandMadeTls13 {

	public static final int ALERT = 21;

	public static final int HANDSHAKE = 22;

	public static final int APPLICATION_DATA = 23;

	private static final int X25519 = 0x001d;

	private static final int KEY_SHARE = 51;

	private final Socket socket;

	private final InputStream in;

	private final ByteArrayOutputStream transcript = new ByteArrayOutputStream();

	private byte[] readSecret = {};

	private byte[] writeSecret = {};

	private long recordsRead;

	private long recordsWritten;

	private HandMadeTls13(Socket socket) throws IOException {
		this.socket = socket;
		this.in = socket.getInputStream();
	}

	/**
	 * Shakes hands.
	 * @param socket a connection that has carried nothing yet
	 * @return the connection, ready for application data
	 */
	public static HandMadeTls13 accept(Socket socket) throws IOException {
		try {
			HandMadeTls13 server = new HandMadeTls13(socket);
			server.handshake();
			return server;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Sends one encrypted record. */
	public void send(int type, byte[] content) throws IOException {
		byte[] inner = concat(content, new byte[] { (byte) type });
		byte[] header = concat(hex("170303"), length(2, inner.length + 16));
		try {
			byte[] sealed = cipher(Cipher.ENCRYPT_MODE, this.writeSecret, this.recordsWritten++, header).doFinal(inner);
			this.socket.getOutputStream().write(concat(header, sealed));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Receives records until one of a type.
	 * @return its content
	 * @throws EOFException if the connection ends before
	 */
	public byte[] receive(int type) throws IOException {
		try {
			for (;;) {
				byte[] inner = open();
				int end = inner.length - 1;
				while (inner[end] == 0) {
					end--;
				}
				if (inner[end] == type) {
					return Arrays.copyOf(inner, end);
				}
			}
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	// ---- the handshake ----

	private void handshake() throws IOException, GeneralSecurityException {
		byte[] hello = payload(TlsRecord.read(this.in));
		this.transcript.writeBytes(hello);
		KeyPairGenerator generator = KeyPairGenerator.getInstance("X25519");
		KeyPair keys = generator.generateKeyPair();
		byte[] serverHello = serverHello(hello, (XECPublicKey) keys.getPublic());
		this.transcript.writeBytes(serverHello);
		this.socket.getOutputStream()
			.write(concat(hex("160303"), length(2, serverHello.length), serverHello, hex("140303000101")));

		// RFC 8446 section 7.1.
		byte[] zeros = new byte[32];
		byte[] early = hmac(zeros, zeros);
		byte[] handshake = hmac(derive(early, "derived", hash(new byte[0])), agree(keys.getPrivate(), hello));
		byte[] client = derive(handshake, "c hs traffic", transcriptHash());
		byte[] server = derive(handshake, "s hs traffic", transcriptHash());
		byte[] master = hmac(derive(handshake, "derived", hash(new byte[0])), zeros);

		this.readSecret = client;
		this.writeSecret = server;
		// EncryptedExtensions with ALPN h2.
		message(8, hex("0009" + "00100005" + "0003" + "026832"));
		byte[] certificate = keyStore().getCertificate("server").getEncoded();
		message(11, concat(hex("00"), length(3, certificate.length + 5), length(3, certificate.length), certificate,
				hex("0000")));
		byte[] signature = sign();
		message(15, concat(hex("0403"), length(2, signature.length), signature));
		message(20, hmac(expand(server, "finished", new byte[0], 32), transcriptHash()));

		byte[] clientApplication = derive(master, "c ap traffic", transcriptHash());
		byte[] serverApplication = derive(master, "s ap traffic", transcriptHash());
		receive(HANDSHAKE);
		this.readSecret = clientApplication;
		this.recordsRead = 0;
		this.writeSecret = serverApplication;
		this.recordsWritten = 0;
	}

	private static byte[] serverHello(byte[] hello, XECPublicKey key) {
		int sessionIdLength = hello[38];
		byte[] sessionId = Arrays.copyOfRange(hello, 39, 39 + sessionIdLength);
		byte[] share = littleEndian(key.getU());
		byte[] extensions = concat(hex("002b00020304" + "00330024001d0020"), share);
		byte[] body = concat(hex("0303" + "5a".repeat(32)), length(1, sessionIdLength), sessionId, hex("130100"),
				length(2, extensions.length), extensions);
		return concat(length(1, 2), length(3, body.length), body);
	}

	private static byte[] agree(PrivateKey own, byte[] hello) throws GeneralSecurityException {
		KeyAgreement agreement = KeyAgreement.getInstance("X25519");
		agreement.init(own);
		BigInteger u = new BigInteger(1, reversed(clientShare(hello)));
		agreement.doPhase(java.security.KeyFactory.getInstance("X25519")
			.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, u)), true);
		return agreement.generateSecret();
	}

	private static byte[] clientShare(byte[] hello) {
		ByteBuffer octets = ByteBuffer.wrap(hello).position(38);
		skip(octets, octets.get());
		skip(octets, octets.getShort());
		skip(octets, octets.get());
		octets.getShort();
		while (octets.hasRemaining()) {
			int type = octets.getShort();
			int end = octets.getShort() + octets.position();
			if (type == KEY_SHARE) {
				octets.getShort();
				while (octets.position() < end) {
					int group = octets.getShort();
					byte[] share = new byte[octets.getShort()];
					octets.get(share);
					if (group == X25519) {
						return share;
					}
				}
			}
			octets.position(end);
		}
		throw new IllegalStateException("The client has no share of x25519");
	}

	private static void skip(ByteBuffer octets, int length) {
		octets.position(octets.position() + length);
	}

	private void message(int type, byte[] body) throws IOException {
		byte[] message = concat(length(1, type), length(3, body.length), body);
		this.transcript.writeBytes(message);
		send(HANDSHAKE, message);
	}

	/** RFC 8446 section 4.4.3. */
	private byte[] sign() throws GeneralSecurityException, IOException {
		Signature signature = Signature.getInstance("SHA256withECDSA");
		signature.initSign((PrivateKey) keyStore().getKey("server", Certificates.PASSWORD.toCharArray()));
		signature.update((" ".repeat(64) + "TLS 1.3, server CertificateVerify\0").getBytes(StandardCharsets.US_ASCII));
		signature.update(transcriptHash());
		return signature.sign();
	}

	private static KeyStore keyStore() throws GeneralSecurityException, IOException {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream file = Files.newInputStream(Certificates.localhost().keyStore())) {
			keys.load(file, Certificates.PASSWORD.toCharArray());
		}
		return keys;
	}

	// ---- records and keys ----

	private byte[] open() throws IOException, GeneralSecurityException {
		for (;;) {
			TlsRecord record = TlsRecord.read(this.in);
			if (record == null) {
				throw new EOFException("the client has ended the connection");
			}
			if (record.type() == TlsRecord.APPLICATION_DATA) {
				byte[] header = Arrays.copyOf(record.octets(), 5);
				return cipher(Cipher.DECRYPT_MODE, this.readSecret, this.recordsRead++, header)
					.doFinal(payload(record));
			}
			// ChangeCipherSpec means nothing here (RFC 8446 section 5).
		}
	}

	private static Cipher cipher(int mode, byte[] secret, long number, byte[] header) throws GeneralSecurityException {
		byte[] nonce = expand(secret, "iv", new byte[0], 12);
		for (int i = 0; i < 8; i++) {
			nonce[11 - i] ^= (byte) (number >> (8 * i));
		}
		Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
		cipher.init(mode, new SecretKeySpec(expand(secret, "key", new byte[0], 16), "AES"),
				new GCMParameterSpec(128, nonce));
		cipher.updateAAD(header);
		return cipher;
	}

	private static byte[] derive(byte[] secret, String label, byte[] context) throws GeneralSecurityException {
		return expand(secret, label, context, 32);
	}

	/** HKDF-Expand-Label for up to one block. */
	private static byte[] expand(byte[] secret, String label, byte[] context, int length)
			throws GeneralSecurityException {
		byte[] name = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
		byte[] info = concat(length(2, length), length(1, name.length), name, length(1, context.length), context,
				new byte[] { 1 });
		return Arrays.copyOf(hmac(secret, info), length);
	}

	private static byte[] hmac(byte[] key, byte[] content) throws GeneralSecurityException {
		Mac mac = Mac.getInstance("HmacSHA256");
		mac.init(new SecretKeySpec(key, "HmacSHA256"));
		return mac.doFinal(content);
	}

	private byte[] transcriptHash() throws GeneralSecurityException {
		return hash(this.transcript.toByteArray());
	}

	private static byte[] hash(byte[] content) throws GeneralSecurityException {
		return MessageDigest.getInstance("SHA-256").digest(content);
	}

	// ---- octets ----

	private static byte[] payload(TlsRecord record) {
		return Arrays.copyOfRange(record.octets(), 5, record.octets().length);
	}

	private static byte[] littleEndian(BigInteger u) {
		byte[] octets = reversed(u.toByteArray());
		return Arrays.copyOf(octets, 32);
	}

	private static byte[] reversed(byte[] octets) {
		byte[] reversed = new byte[octets.length];
		for (int i = 0; i < octets.length; i++) {
			reversed[i] = octets[octets.length - 1 - i];
		}
		return reversed;
	}

	private static byte[] length(int octets, int value) {
		byte[] length = new byte[octets];
		for (int i = 0; i < octets; i++) {
			length[octets - 1 - i] = (byte) (value >> (8 * i));
		}
		return length;
	}

	private static byte[] hex(String digits) {
		return HexFormat.of().parseHex(digits);
	}

	private static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

}
