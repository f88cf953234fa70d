using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;

namespace Ringwright.Programs.Agents.Spoken;

/// <summary>
/// Calls of tools by a model that speaks: each has one result, in the conversation and to the model; what is said with one that leaves the
/// caller is heard first.
/// </summary>
/// <param name="run">Has it done; its result comes by <see cref="Done"/>.</param>
/// <param name="answer">Tells the model a result, and whether it goes on by it.</param>
/// <param name="tell">Of the conversation.</param>
internal sealed class SpokenTools(ModelAgent agent, Action<ToolCall> run, Action<string, string, bool> answer, Action<Message> tell,
    Func<Ringwright.Core.Instant> now)
{
    /// <summary>Of one turn of the caller's.</summary>
    private const int MostCalls = Limits.ToolRounds * Limits.ToolCalls;

    private readonly Dictionary<string, ToolCall> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Ringwright.Core.Instant> _begun = new(StringComparer.Ordinal);
    private readonly Queue<ToolCall> _behindSpeech = new();
    private int _calls;

    public bool IsRunning => _running.Count > 0;

    /// <summary>Those without a result yet, by their ids.</summary>
    public IEnumerable<string> Running => _running.Keys;

    /// <summary>Some wait until what is said is heard.</summary>
    public bool Waits => _behindSpeech.Count > 0;

    public void OnTurn() => _calls = 0;

    public void Begin(ToolCall call)
    {
        if (!_running.TryAdd(call.Id, call)) return;
        tell(new(MessageRole.Assistant, "", now()) { Calls = [call] });
        if (++_calls > MostCalls) Done(call.Id, $"Not done: there are at most {MostCalls} calls until the caller says something.");
        else if (call.WaitsForSpeech) _behindSpeech.Enqueue(call);
        else Run(call);
    }

    /// <summary>All is heard that was said.</summary>
    /// <returns>True when the conversation is to end by it.</returns>
    public bool OnSilent()
    {
        while (_behindSpeech.TryDequeue(out var call))
        {
            if (call.Name is ToolCall.Hangup && agent.Tools.Any(tool => tool is ModelTool.Hangup))
            {
                Done(call.Id, "Done.", speaks: false);
                return true;
            }
            Run(call);
        }
        return false;
    }

    /// <summary>Only the first result counts.</summary>
    public void Done(string id, string result, bool speaks = true)
    {
        if (!_running.Remove(id, out var call)) return;
        string text = Core.Clipped.Of(result, Limits.ResultCharacters);
        tell(new(MessageRole.Tool, text, now()) { CallId = id, Took = _begun.Remove(id, out var begun) ? now() - begun : null });
        answer(id, text, speaks && call.Name is not ToolCall.SkipTurn);
    }

    public void End()
    {
        _behindSpeech.Clear();
        foreach (string id in _running.Keys.ToList()) Done(id, "Not done: the conversation is over.", speaks: false);
    }

    private void Run(ToolCall call)
    {
        _begun[call.Id] = now();
        run(call);
    }
}
