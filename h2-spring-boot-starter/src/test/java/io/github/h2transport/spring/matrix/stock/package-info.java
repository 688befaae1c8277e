/**
 * The other half of the matrix: servers as people have them, each with the settings that
 * it comes with, called by what applications call with. Wanted is that no call fails and
 * no connection is lost. {@link io.github.h2transport.spring.matrix.stock.StockServer}
 * says which settings these are, and what a server's own limits cost. Start reading at
 * {@link io.github.h2transport.spring.matrix.stock.EachStockCell}.
 */
@NullMarked
package io.github.h2transport.spring.matrix.stock;

import org.jspecify.annotations.NullMarked;
