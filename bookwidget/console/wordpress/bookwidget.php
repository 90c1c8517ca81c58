<?php
/**
 * Plugin Name: bookwidget
 * Description: Bookings inside your own pages: the block "bookwidget", the shortcode [bookwidget], or the address of a widget on a line of its own.
 * Version: 1.0.0
 * Requires at least: 6.1
 * Requires PHP: 7.4
 * License: MIT
 */

namespace Bookwidget;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** Whose widgets, where they are, and their words: written by the console when this plugin was downloaded. */
function settings(): array {
	static $read = null;
	if ( null === $read ) {
		$read = json_decode( file_get_contents( __DIR__ . '/settings.json' ), true );
	}
	return $read;
}

/**
 * The place of a widget: a link, which the script makes the widget of. Authors may write it, and it works without script.
 * Visitors read nothing of a widget that there is not; whoever can edit pages does.
 *
 * @param array|string $attributes What the block or the shortcode says; WordPress passes '' for a bare shortcode.
 */
function place( $attributes ): string {
	$settings = settings();
	$chosen   = is_array( $attributes ) ? (string) ( $attributes['widget'] ?? '' ) : '';
	$widget   = '' === $chosen ? $settings['first'] : $chosen;
	if ( ! isset( $settings['widgets'][ $widget ] ) ) {
		$known = implode( ', ', array_keys( $settings['widgets'] ) );
		return current_user_can( 'edit_posts' ) ? esc_html( "bookwidget: there is no widget “{$widget}”, only: {$known}" ) : '';
	}
	wp_enqueue_script( 'bookwidget', $settings['origin'] . '/embed.js', array(), null, true );
	$words = $settings['widgets'][ $widget ];
	return sprintf(
		'<a data-bookwidget="%s" data-title="%s" data-min-height="%d" data-error="%s" data-retry="%s" data-open="%s" href="%s">%s</a>',
		esc_attr( $settings['tenant'] . '/' . $widget ),
		esc_attr( $words['title'] ),
		$words['height'],
		esc_attr( $settings['error'] ),
		esc_attr( $settings['retry'] ),
		esc_attr( $settings['open'] ),
		esc_url( $settings['origin'] . '/p/' . $settings['tenant'] . '/' ),
		esc_html( $settings['link'] )
	);
}

function register(): void {
	$settings = settings();
	add_shortcode( 'bookwidget', __NAMESPACE__ . '\place' );
	wp_register_script(
		'bookwidget-block',
		plugins_url( 'block.js', __FILE__ ),
		array( 'wp-blocks', 'wp-block-editor', 'wp-components', 'wp-element' ),
		(string) filemtime( __DIR__ . '/block.js' ),
		true
	);
	wp_localize_script( 'bookwidget-block', 'bookwidgetBlock', array( 'widgets' => $settings['widgets'], 'first' => $settings['first'] ) );
	register_block_type(
		'bookwidget/widget',
		array(
			'api_version'     => 2,
			'title'           => 'bookwidget',
			'category'        => 'embed',
			'attributes'      => array( 'widget' => array( 'type' => 'string', 'default' => '' ) ),
			'editor_script'   => 'bookwidget-block',
			'render_callback' => __NAMESPACE__ . '\place',
		)
	);
	$address = preg_quote( $settings['origin'], '#' ) . '/[wp]/' . preg_quote( $settings['tenant'], '#' );
	wp_embed_register_handler( 'bookwidget', "#^{$address}(?:/([a-z0-9-]+))?/?$#", __NAMESPACE__ . '\of_address' );
}

/** A widget's address on a line of its own. */
function of_address( array $found ): string {
	return place( array( 'widget' => $found[1] ?? '' ) );
}

add_action( 'init', __NAMESPACE__ . '\register' );
