using System.Text.Json.Nodes;

namespace Ringwright.Streams;

/// <summary>What a dialect adds to the frames of a stream: its words for the call and its owner.</summary>
public sealed record StreamIdentity
{
    /// <summary>Fields of the start frame, in order; the format and the custom parameters follow them.</summary>
    public required JsonObject Start { get; init; }

    /// <summary>Fields of the stop frame.</summary>
    public required JsonObject Stop { get; init; }

    /// <summary>Fields of the first frame; null for none.</summary>
    public JsonObject? Connected { get; init; }

    /// <summary>What the stream is called; its id when not set.</summary>
    public string? Stream { get; init; }

    public FrameWords Words { get; init; } = FrameWords.Usual;

    /// <summary>The header of the handshake that has the customer's token.</summary>
    public required string TokenHeader { get; init; }
}
