using System.Collections.Frozen;
using System.Text.Json;

namespace Ringwright.Streams;

/// <summary>What a dialect calls the fields of its frames, and what it tells in them.</summary>
public sealed record FrameWords
{
    /// <summary>Words with underscores between them.</summary>
    public static readonly FrameWords Usual = new();

    public JsonEncodedText Stream { get; init; } = JsonEncodedText.Encode("stream_id");

    public JsonEncodedText Number { get; init; } = JsonEncodedText.Encode("sequence_number");

    public JsonEncodedText Parameters { get; init; } = JsonEncodedText.Encode("custom_parameters");

    public JsonEncodedText Format { get; init; } = JsonEncodedText.Encode("media_format");

    public JsonEncodedText Rate { get; init; } = JsonEncodedText.Encode("sample_rate");

    /// <summary>Encodings that have another name here.</summary>
    public FrozenDictionary<string, string> Encodings { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Custom parameters are an object also when there are none.</summary>
    public bool AlwaysHasParameters { get; init; }

    /// <summary>For <see cref="LongestSeconds"/> in a dialect that knows no bound.</summary>
    public const int AllThatMayWait = Limits.LongestWaitingSeconds;

    /// <summary>Of audio in one frame that comes in.</summary>
    public int LongestSeconds { get; init; } = Limits.LongestSeconds;

    /// <summary>Told in the first frame; null for none.</summary>
    public string? Protocol { get; init; }

    /// <summary>The party's own track, told with a key in place of when that was pressed; null tells when.</summary>
    public string? KeyTrack { get; init; }
}
