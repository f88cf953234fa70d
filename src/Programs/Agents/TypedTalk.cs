using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Conversations.Scripts;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>
/// A conversation in writing, without a call: what is typed was said, what the agent says is printed and counts as heard at once, and
/// silences are not waited for. What models and tools take is real, and printed.
/// </summary>
public sealed class TypedTalk : IDisposable
{
    /// <summary>Begins a line of keys in place of words.</summary>
    public const string Press = "/press ";

    /// <summary>No turn is waited for longer; what is due later are limits of the conversation.</summary>
    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(6);

    private readonly TimeProvider _time;
    private readonly TextWriter _output;
    private readonly IBrain _brain;
    private readonly AgentConversation _conversation;
    private readonly ModelLine? _line;
    private readonly AgentTools? _tools;
    private readonly CancellationTokenSource _over = new();
    private readonly Channel<ConversationInput> _news = Channel.CreateUnbounded<ConversationInput>(new() { SingleReader = true });
    /// <summary>Lines of what models and tools took.</summary>
    private readonly Channel<string> _took = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly long _start;
    private readonly HashSet<string> _running = [];
    private AnswerWatch? _watch;
    private TimeSpan _skipped;
    private int? _asked;

    private TypedTalk(AgentDefinition agent, string folder, IAgentWeb web, TimeProvider time, TextWriter output)
    {
        (_time, _output, _start) = (time, output, time.GetTimestamp());
        var known = new Dictionary<string, string> { ["from"] = "", ["to"] = "" };
        if (agent is ModelAgent model)
        {
            known["now"] = time.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
            var variables = new ConcurrentDictionary<string, string>(model.VariablesOf(known), StringComparer.Ordinal);
            _line = new(folder, web, time, new(time));
            _brain = new ModelBrain(model, variables, _line);
            // Who types has said all of it when it is there.
            _conversation = new(model.TermsOf(variables) with { AsksAhead = 0 });
            _tools = new(model, variables, web, time, news => _news.Writer.TryWrite(news))
            {
                Note = text => _took.Writer.TryWrite(text), Keep = (name, value) => variables[name] = value,
            };
        }
        else
        {
            _brain = new ScriptedBrain((AgentScript)agent, known);      // there is no third
            _conversation = new(agent.Terms);
        }
    }

    private Instant Now =>
        new(_time.GetElapsedTime(_start).Ticks * TimeSpan.NanosecondsPerTick + _skipped.Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>Null and what is wrong with it, as part of a sentence, when the file is no agent.</summary>
    /// <param name="file">NAME.json.</param>
    public static async Task<(TypedTalk? Talk, string? Fault)> OpenAsync(string file, IAgentWeb web, TimeProvider time, TextWriter output,
        CancellationToken stop)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;     // a file has one
        if (Path.GetExtension(file) is not ".json") return (null, "an agent is a file NAME.json");
        var (agent, fault) = await new AgentScripts(folder).ReadAsync(Path.GetFileNameWithoutExtension(file), stop);
        if (agent is ModelAgent { Model.Speaks: not null }) return (null, WrittenTalk.SpeaksItself);
        return agent is null ? (null, fault) : (new(agent, folder, web, time, output), null);
    }

    /// <summary>Until the agent ends it or nothing more is typed.</summary>
    /// <returns>Why it ended, in snake case.</returns>
    public async Task<string> RunAsync(Func<CancellationToken, ValueTask<string?>> typed, CancellationToken stop)
    {
        _conversation.Handle(new ConversationInput.Begin(), Now);
        await SettleAsync(stop);
        while (_conversation.Ended is null)
        {
            if (await typed(stop) is not { } line)
            {
                _conversation.Handle(new ConversationInput.Stop(EndReason.CallHangup), Now);
                await FollowAsync();
                break;
            }
            if (line.StartsWith(Press, StringComparison.Ordinal))
                foreach (char key in line[Press.Length..].Trim()) _conversation.Handle(new ConversationInput.Key(key), Now);
            else _conversation.Handle(new ConversationInput.Words(line, IsFinal: true), Now);
            await FollowAsync();
            await SkipAsync();
            await SettleAsync(stop);
        }
        return SnakeName.Of(_conversation.Ended!.Value);       // it is over
    }

    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
        _line?.Dispose();
    }

    /// <summary>Nobody says anything until the turn is over.</summary>
    private async Task SkipAsync()
    {
        var until = Now + MostSilence;
        while (_asked is null && _conversation.Ended is null && _conversation.NextDue <= until)
        {
            if (_conversation.NextDue > Now) _skipped += _conversation.NextDue - Now;
            _conversation.Wake(Now);
            await FollowAsync();
        }
    }

    /// <summary>Until the agent has said and done all that it will.</summary>
    private async Task SettleAsync(CancellationToken stop)
    {
        await FollowAsync();
        while (_conversation.Ended is null && (_asked is not null || _running.Count > 0))
        {
            var due = _conversation.NextDue;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var news = _news.Reader.WaitToReadAsync(over.Token).AsTask();
            // A timer is not exact, and one that is too early is set again.
            if (due == Instant.Never) await news;
            else if (due > Now) await Task.WhenAny(news, Task.Delay(due - Now + TimeSpan.FromMilliseconds(1), _time, over.Token));
            await over.CancelAsync();
            stop.ThrowIfCancellationRequested();
            while (_news.Reader.TryRead(out var told))
            {
                if (told is ConversationInput.FromBrain { Part: BrainPart.Done or BrainPart.Failed } last && last.Request == _asked)
                    _asked = null;
                if (told is ConversationInput.ToolDone done) _running.Remove(done.Id);
                _conversation.Handle(told, Now);
                await FollowAsync();
            }
            if (_conversation.NextDue <= Now) _conversation.Wake(Now);
            await FollowAsync();
        }
        while (_took.Reader.TryRead(out string? line)) await _output.WriteLineAsync($"       {line}");
    }

    private async Task FollowAsync()
    {
        while (_conversation.TryPoll(out var output))
        {
            switch (output)
            {
                case ConversationOutput.Ask ask:
                    Ask(ask.Request);
                    break;
                case ConversationOutput.Cancel cancel:
                    _brain.Cancel(cancel.Request);
                    if (_asked == cancel.Request) _asked = null;
                    if (_watch?.GiveUp(Now) is { } line) _took.Writer.TryWrite(line);
                    break;
                case ConversationOutput.Say say:
                    await _output.WriteLineAsync($"agent> {say.Text}");
                    _conversation.Handle(new ConversationInput.PieceStarted(say.Piece, TimeSpan.Zero), Now);
                    _conversation.Handle(new ConversationInput.PieceEnded(say.Piece, IsWhole: true, TimeSpan.Zero), Now);
                    break;
                case ConversationOutput.Run run:
                    _running.Add(run.Call.Id);
                    if (_tools is not null) _tools.Run(run.Call, _over.Token);
                    else _news.Writer.TryWrite(new ConversationInput.ToolDone(run.Call.Id, "Not done: there is no call.", false));
                    break;
                case ConversationOutput.Pause or ConversationOutput.Resume or ConversationOutput.Silence or ConversationOutput.Told
                    or ConversationOutput.HearIn or ConversationOutput.Interrupted or ConversationOutput.Ended or ConversationOutput.Adopt
                    or ConversationOutput.Unheard:
                    break;      // there is no voice to pause, what was told was printed, and nothing is asked ahead
                default:
                    throw new UnreachableException();
            }
        }
    }

    private void Ask(BrainRequest request)
    {
        var watch = _line is null ? null : new AnswerWatch(Now);
        (_asked, _watch) = (request.Number, watch);
        _brain.Ask(request, part =>
        {
            if (watch?.On(part, Now) is { } line) _took.Writer.TryWrite(line);
            _news.Writer.TryWrite(new ConversationInput.FromBrain(request.Number, part));
        });
    }
}
