using System.Globalization;
using Ringwright.Calls;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Records the call from now on, beside what follows.</summary>
internal sealed class RecordingStartAction : IFlowAction
{
    private static readonly Dictionary<string, RecordFormat> Formats =
        Enum.GetValues<RecordFormat>().ToDictionary(RecordFormats.ExtensionOf);

    public string Type => "recording_start";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.OneOf("format", [.. Formats.Keys]), FlowOption.Whole("end_of_silence", 0, 3_600),
        FlowOption.OneOf("end_of_key", "none", "any", "*", "#"),
        FlowOption.Whole("duration", 0, 4 * 3_600), FlowOption.Flag("beep_start"), FlowOption.Id("on_end_flow_id"),
    ];

    public bool EndsOnFailure => false;

    public string? LackOf(FlowParts parts, FlowOptions options) =>
        Formats.TryGetValue(WordOf(options), out var format) ? parts.MissingFor(format)?.TrimEnd('.') : null;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        var call = run.Call!;
        string key = options.Text("end_of_key");
        var format = FormatOf(options);
        var plan = new RecordPlan
        {
            Id = Guid.CreateVersion7(), Format = format, Beeps = options.Flag("beep_start"),
            IsDual = run.Has(TranscribeRecordingAction.IsOfOneSide),
            Labels = Labels.Of((CallLabels.Activeflow, run.Order.IsPart ? null : run.Order.Id.ToString()),
                (CallLabels.EndFlow, options.Id("on_end_flow_id")?.ToString())),
            SilenceLimit = Seconds(options, "end_of_silence"), MaximumLength = Seconds(options, "duration"),
        };
        if (await call.TrySendAsync(new LegCommand.RecordStart(plan)) is { } refused) return new FlowStep.Failed(refused);
        run.Recordings.Add(plan.Id);
        run.Variables.Set("recording.id", plan.Id.ToString());
        run.Variables.Set("recording.reference_type", "call");
        run.Variables.Set("recording.reference_id", call.Leg.Uuid.ToString());
        run.Variables.Set("recording.format", RecordFormats.ExtensionOf(format));
        run.Variables.Set("recording.duration", options.Whole("duration").ToString(CultureInfo.InvariantCulture));
        if (key is "any" or "*" or "#") call.Watch(happened => EndByKeyAsync(call, plan.Id, key, happened));
        if (options.Id("on_end_flow_id") is { } flow) run.Parts.Host.FollowRecording(run.Order, plan.Id, flow);
        return FlowStep.Next;
    }

    /// <summary>Of options that were found right.</summary>
    public static RecordFormat FormatOf(FlowOptions options) => Formats[WordOf(options)];

    /// <summary>Null for 0, which is no limit.</summary>
    public static TimeSpan? Seconds(FlowOptions options, string name) =>
        options.Whole(name) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static string WordOf(FlowOptions options) => options.Filled("format") ?? RecordFormats.ExtensionOf(RecordFormat.Wav);

    private static async ValueTask EndByKeyAsync(FlowCall call, Guid recording, string key, object happened)
    {
        // One that is over already refuses it.
        if (happened is CallEvent.DigitReceived digit && (key is "any" || digit.Digit == key[0]))
            await call.SendAsync(new LegCommand.RecordStop(recording));
    }
}
