using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// Several entries of one call's trace, seen within a second, as one row: of a short call its beginning and its end.
/// A row for each would name the call, the time and the addresses over and over, in the table and in its index.
/// </summary>
internal static class TracePack
{
    /// <summary>No commands: the event log looks for those in rows of their own. And no messages of nobody knows which way.</summary>
    public static bool Takes(TraceEntry entry) =>
        entry is { Kind: TraceKind.Note } or { Kind: TraceKind.Sip, Transport: not null, Local: not null, Remote: not null };

    /// <param name="entries">Of one call, all of them such as a pack takes.</param>
    public static Utf8Text Write(IReadOnlyList<TraceEntry> entries)
    {
        var first = entries[0];
        List<PackedEntry> pack = [.. entries.Select(entry => Pack(entry, first))];
        return new(JsonScratch.Bytes(pack,
            static (json, pack) => JsonSerializer.Serialize(json, pack, TracePackJson.Default.ListPackedEntry)));
    }

    /// <param name="first">The row without its list: what the entries have in common with the first of them.</param>
    public static IEnumerable<TraceEntry> Read(string entries, TraceEntry first) =>
        (JsonSerializer.Deserialize(entries, TracePackJson.Default.ListPackedEntry) ?? []).Select(packed => Unpack(packed, first));

    private static PackedEntry Pack(TraceEntry entry, TraceEntry first) => new()
    {
        After = (Times.Cut(entry.At) - Times.Cut(first.At)).Ticks / TimeSpan.TicksPerMicrosecond,
        IsNote = entry.Kind is TraceKind.Note,
        IsOutgoing = entry.IsOutgoing,
        Transport = entry.Transport == first.Transport ? null : entry.Transport,
        Local = entry.Local == first.Local ? null : entry.Local,
        Remote = entry.Remote == first.Remote ? null : entry.Remote,
        Name = IsNamedByText(entry) ? null : entry.Name,
        Text = PackedText.Of(entry),
    };

    private static TraceEntry Unpack(PackedEntry packed, TraceEntry first) => new()
    {
        Tenant = first.Tenant,
        Leg = first.Leg,
        At = first.At + TimeSpan.FromMicroseconds(packed.After),
        Kind = packed.IsNote ? TraceKind.Note : TraceKind.Sip,
        IsOutgoing = packed.IsOutgoing,
        // A note went nowhere.
        Transport = packed.IsNote ? null : packed.Transport ?? first.Transport,
        Local = packed.IsNote ? null : packed.Local ?? first.Local,
        Remote = packed.IsNote ? null : packed.Remote ?? first.Remote,
        Name = packed.Name ?? FirstLine(packed.Text?.Text ?? "").ToString(),
        Text = packed.Text?.Text,
    };

    private static bool IsNamedByText(TraceEntry entry) =>
        !entry.Utf8.IsEmpty || entry.Text is { } text && FirstLine(text).SequenceEqual(entry.Name);

    private static ReadOnlySpan<char> FirstLine(ReadOnlySpan<char> text) =>
        text.IndexOfAny('\r', '\n') is var end and >= 0 ? text[..end] : text;
}

/// <summary>What an entry does not share with the first one of its pack.</summary>
internal sealed record PackedEntry
{
    /// <summary>Microseconds since the first.</summary>
    public long After { get; init; }
    public bool IsNote { get; init; }
    public bool IsOutgoing { get; init; }
    public SipTransport? Transport { get; init; }
    public string? Local { get; init; }
    public string? Remote { get; init; }
    /// <summary>Null when it is the first line of the text.</summary>
    public string? Name { get; init; }
    public PackedText? Text { get; init; }
}

/// <summary>A message: what goes in by its bytes where they are UTF-8, what comes out as a text.</summary>
[JsonConverter(typeof(PackedTextConverter))]
internal readonly record struct PackedText(string? Text, ReadOnlyMemory<byte> Utf8)
{
    public static PackedText? Of(TraceEntry entry)
    {
        if (!entry.Utf8.IsEmpty) return new PackedText(null, entry.Utf8);
        return entry.Text is { } text ? new PackedText(text, default) : null;
    }
}

internal sealed class PackedTextConverter : JsonConverter<PackedText>
{
    public override PackedText Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        new(reader.GetString(), default);

    public override void Write(Utf8JsonWriter writer, PackedText value, JsonSerializerOptions options)
    {
        if (value.Utf8.IsEmpty) writer.WriteStringValue(value.Text);
        else writer.WriteStringValue(value.Utf8.Span);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(List<PackedEntry>))]
internal sealed partial class TracePackJson : JsonSerializerContext;
