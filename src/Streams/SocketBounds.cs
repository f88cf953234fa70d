namespace Ringwright.Streams;

/// <summary>What may come in by a <see cref="CarriedSocket"/>: of one message, at once, and what a second more allows.</summary>
public sealed record SocketBounds(int MessageBytes, long BytesAtOnce, long BytesPerSecond)
{
    /// <summary>Words: faster than any model writes.</summary>
    public static readonly SocketBounds Texts = new(64 * 1024, 1024 * 1024, 128 * 1024);

    /// <summary>A voice, which comes faster than it is heard: minutes of it at once, in base64, and then ten times as fast.</summary>
    public static readonly SocketBounds Voice = new(4 * 1024 * 1024, 32 * 1024 * 1024, 640 * 1024);
}
