namespace Ringwright.Media.Graph;

/// <summary>Something that a port can send: one encoded frame per tick.</summary>
internal interface IFrameSource
{
    /// <summary>False when there is nothing (more) to send.</summary>
    bool TryRead(Span<byte> frame);
}
