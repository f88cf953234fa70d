using Ringwright.Calls;
using Ringwright.Media.Native;

namespace Ringwright.MediaHost.Control;

/// <summary>The first words of a media process.</summary>
internal sealed record Hello
{
    /// <summary>Is in all its port ids.</summary>
    public required uint Epoch { get; init; }
    /// <summary>Of the program file: both ends must be of one build.</summary>
    public required Guid Build { get; init; }
    public required int ProcessId { get; init; }
    public required bool HasOpus { get; init; }
    /// <summary>Why there can be no recordings in that format; null where there can.</summary>
    public required string? MissingWav { get; init; }
    public required string? MissingMp3 { get; init; }
    /// <summary>Indices of the port pairs that are bound.</summary>
    public required IReadOnlyList<ushort> Ports { get; init; }

    public static Guid OwnBuild { get; } = typeof(Hello).Module.ModuleVersionId;

    public string? Missing(RecordFormat format) => format is RecordFormat.Mp3 ? MissingMp3
        : MissingWav ?? (format is RecordFormat.Ogg && !HasOpus ? OpusPackets.Missing : null);

    public static void Write(FrameWriter into, Hello hello)
    {
        into.Begin(FrameKind.Hello).I32((int)hello.Epoch).Id(hello.Build).I32(hello.ProcessId).Flag(hello.HasOpus).Text(hello.MissingWav)
            .Text(hello.MissingMp3);
        PortFrames.List(into, hello.Ports);
    }

    public static Hello Read(ref FrameReader from) => new()
    {
        Epoch = (uint)from.I32(),
        Build = from.Id(),
        ProcessId = from.I32(),
        HasOpus = from.Flag(),
        MissingWav = from.TextOrNull(),
        MissingMp3 = from.TextOrNull(),
        Ports = PortFrames.List(ref from),
    };
}
