using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Plays files one after the other.</summary>
internal sealed class PlayAction : IFlowAction
{
    /// <summary>Of the files; the second is what the first tutorials of the API called them.</summary>
    public static readonly IReadOnlyList<string> Names = ["stream_urls", "stream_url"];

    public string Type => "play";

    public IReadOnlyList<FlowOption> Options { get; } =
        [.. Names.Select(name => new FlowOption(name, OptionKind.Urls) { MostLength = FlowLimits.Sounds })];

    public bool EndsOnFailure => false;

    public string? FaultOf(FlowOptions options) => Files(options).Any() ? null : $"{Type} needs {Names[0]}";

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        foreach (string url in Files(options))
        {
            var verdict = run.Parts.Egress.CheckUrl(url, TargetUse.Media);
            if (!verdict.IsAllowed) await run.WarnAsync($"play: {verdict.Detail}");
            else if (await PlayAsync(run.Call!, new PromptSource.Url(url)) is { } fault) await run.WarnAsync($"play: {fault}");
        }
        return FlowStep.Next;
    }

    private static IEnumerable<string> Files(FlowOptions options) => Names.SelectMany(options.Texts);

    /// <summary>To its end.</summary>
    /// <returns>Why it is not heard, as part of a sentence; null when it was.</returns>
    public static async ValueTask<string?> PlayAsync(FlowCall call, PromptSource source)
    {
        var command = new LegCommand.Play { Id = Guid.CreateVersion7(), Source = source };
        if (await call.TrySendAsync(command) is { } refused) return refused;
        var ended = await call.NextAsync<CallEvent.PlaybackEnded>(e => e.Playback == command.Id);
        return ended.Status is PlayStatus.Failed or PlayStatus.FileNotFound ? ended.Detail ?? "the file was not to be had" : null;
    }
}
