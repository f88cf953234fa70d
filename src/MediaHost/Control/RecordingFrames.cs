using Ringwright.Calls;

namespace Ringwright.MediaHost.Control;

/// <summary>How a recording is to be made, and what became of its file.</summary>
internal static class RecordingFrames
{
    /// <summary>Of what went wrong; it is for people.</summary>
    private const int MostErrorCharacters = 1_000;

    public static FrameWriter Plan(FrameWriter into, RecordPlan plan) => Labelled(Limit(Limit(
        into.Id(plan.Id).Choice(plan.Format).Choice(plan.Track).Flag(plan.IsDual), plan.MaximumLength), plan.SilenceLimit)
        .Flag(plan.Beeps).Flag(plan.TrimsSilence).Text(plan.FileName).Text(plan.Mailbox).Flag(plan.Conference is not null)
        .Id(plan.Conference ?? Guid.Empty)
        .Text(plan.Transcription?.Language).Text(plan.Transcription?.Recogniser).Text(plan.Transcription?.Model)
        .Text(plan.Transcription?.Tag).Choice(plan.Transcription?.Track ?? RecordTrack.Both), plan.Labels);

    public static RecordPlan Plan(ref FrameReader from) => new()
    {
        Id = from.Id(),
        Format = from.Choice<RecordFormat>(),
        Track = from.Choice<RecordTrack>(),
        IsDual = from.Flag(),
        MaximumLength = Limit(ref from),
        SilenceLimit = Limit(ref from),
        Beeps = from.Flag(),
        TrimsSilence = from.Flag(),
        FileName = from.TextOrNull(),
        Mailbox = from.TextOrNull(),
        Conference = Conference(ref from),
        Transcription = Transcription(ref from),
        Labels = Labelled(ref from),
    };

    public static void Written(FrameWriter into, (Guid Id, RecordedFile File) written)
    {
        var (id, file) = written;
        string? error = file.Error is { Length: > MostErrorCharacters } ? file.Error[..MostErrorCharacters] : file.Error;
        into.Begin(FrameKind.Written).Id(id).Text(file.Path).I64(file.Bytes).Span(file.Length).Text(error).U16((ushort)file.Gaps.Count);
        foreach (var gap in file.Gaps) into.Span(gap.At).Span(gap.Length);
    }

    public static (Guid Id, RecordedFile File) Written(ref FrameReader from) =>
        (from.Id(),
            new() { Path = from.Text(), Bytes = from.I64(), Length = from.Span(), Error = from.TextOrNull(), Gaps = Gaps(ref from) });

    private static Guid? Conference(ref FrameReader from)
    {
        bool isSet = from.Flag();
        var id = from.Id();
        return isSet ? id : null;
    }

    private static RecordTranscription? Transcription(ref FrameReader from)
    {
        var (language, recogniser, model, tag) = (from.TextOrNull(), from.TextOrNull(), from.TextOrNull(), from.TextOrNull());
        var track = from.Choice<RecordTrack>();
        return language is null ? null : new(language) { Recogniser = recogniser, Model = model, Tag = tag, Track = track };
    }

    private static FrameWriter Labelled(FrameWriter into, Labels? labels)
    {
        into.Flag(labels is not null).U16((ushort)(labels?.Values.Count ?? 0));
        foreach (var (name, value) in (labels ?? Labels.Empty).Values) into.Text(name).Text(value);
        return into;
    }

    private static Labels? Labelled(ref FrameReader from)
    {
        bool isSet = from.Flag();
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int left = from.Count(2 * sizeof(ushort)); left > 0; left--) labels[from.Text()] = from.Text();
        return isSet ? Labels.From(labels) : null;
    }

    private static IReadOnlyList<RecordGap> Gaps(ref FrameReader from)
    {
        int count = from.Count(2 * sizeof(long));
        if (count == 0) return [];
        var gaps = new RecordGap[count];
        for (int i = 0; i < gaps.Length; i++) gaps[i] = new(from.Span(), from.Span());
        return gaps;
    }

    private static FrameWriter Limit(FrameWriter into, TimeSpan? limit) =>
        limit is { } span ? into.Flag(true).Span(span) : into.Flag(false);

    private static TimeSpan? Limit(ref FrameReader from) => from.Flag() ? from.Span() : null;
}
