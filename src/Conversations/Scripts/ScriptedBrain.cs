using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Scripts;

/// <summary>
/// Thinks by a script: goes from step to step, says what they say, and judges answers by keys and words. What it decided for an answer
/// that the caller adds to is taken back.
/// </summary>
public sealed class ScriptedBrain : IBrain
{
    /// <summary>Steps that follow each other without asking anything.</summary>
    private const int SilentHops = 100;

    private readonly AgentScript _script;
    private State _state, _before;
    private int _last, _calls;

    /// <param name="known">Variables of the call; they stand over the script's own.</param>
    public ScriptedBrain(AgentScript script, IReadOnlyDictionary<string, string> known)
    {
        _script = script;
        var variables = ImmutableDictionary.CreateRange(StringComparer.Ordinal, script.Variables).SetItems(known);
        _state = _before = new(script.Start, 0, variables, null, HasOpened: false);
    }

    /// <summary>What the conversation has come to; null when no step has said so.</summary>
    public string? Outcome => _state.Outcome;

    public IReadOnlyDictionary<string, string> Variables => _state.Variables;

    public void Ask(BrainRequest request, Action<BrainPart> tell)
    {
        if (request.Replaces == _last) _state = _before;
        (_before, _last) = (_state, request.Number);
        foreach (var part in Answer(request)) tell(part);
    }

    /// <summary>Its answers are whole when they begin.</summary>
    public void Cancel(int request) { }

    private IEnumerable<BrainPart> Answer(BrainRequest request)
    {
        var parts = new List<BrainPart>();
        bool isWhole = request.Occasion switch
        {
            // Who speaks before he has heard anything hears it first.
            BrainOccasion.Opening => Open(parts),
            BrainOccasion.Turn when !_state.HasOpened => Open(parts),
            BrainOccasion.ToolResults => Enter(_script.Steps[_state.Step].Transfer?.Failed ?? _state.Step, parts),
            BrainOccasion.Silence => Miss(parts, isSilence: true),
            _ => Hear(request, parts),
        };
        parts.Add(isWhole ? new BrainPart.Done() : new BrainPart.Failed("the script goes on and on without asking anything"));
        return parts;
    }

    private bool Open(List<BrainPart> parts)
    {
        Say(_script.Greeting, parts);
        return Enter(_state.Step, parts);
    }

    private bool Hear(BrainRequest request, List<BrainPart> parts)
    {
        // Nothing was asked: what was interrupted is done again.
        if (_script.Steps[_state.Step].Ask is not { } ask) return Enter(_state.Step, parts);
        if (ask.Collect is { } collect)
        {
            string value = Collected(collect, request);
            if (value.Length < collect.Least || value.Length > collect.Most) return Miss(parts, isSilence: false);
            _state = _state with { Variables = _state.Variables.SetItem(collect.Into, value) };
            return Enter(collect.Go, parts);
        }
        return Chosen(ask, request) is { } choice ? Enter(choice.Go, parts) : Miss(parts, isSilence: false);
    }

    private static string Collected(ScriptCollect collect, BrainRequest request) =>
        !collect.IsOfDigits ? request.Said.Trim()
        : request.Pressed.Length > 0 ? request.Pressed
        : SpokenWords.DigitsOf(request.Said);

    /// <summary>Keys count before words; of words the phrase that has most of them.</summary>
    private static ScriptChoice? Chosen(ScriptAsk ask, BrainRequest request)
    {
        if (request.Pressed.Length > 0) return ask.Choices.FirstOrDefault(choice => choice.Digits == request.Pressed);
        var said = SpokenWords.Of(request.Said);
        int most = 0;
        ScriptChoice? chosen = null;
        foreach (var choice in ask.Choices)
        {
            int words = choice.Words.Select(phrase => SpokenWords.CountOf(said, SpokenWords.Of(phrase))).DefaultIfEmpty(0).Max();
            if (words > most) (most, chosen) = (words, choice);
        }
        return chosen;
    }

    /// <summary>No answer, or none that is one.</summary>
    private bool Miss(List<BrainPart> parts, bool isSilence)
    {
        var step = _script.Steps[_state.Step];
        if (step.Ask is not { } ask) return Enter(_state.Step, parts);
        if (_state.Tries + 1 >= ask.Tries) return Enter(ask.Otherwise, parts);
        _state = _state with { Tries = _state.Tries + 1 };
        Say((isSilence ? ask.Silence : ask.Invalid) ?? step.Say, parts);
        parts.Add(new BrainPart.Listen(ask.Listen));
        return true;
    }

    /// <summary>From this step to the next that asks, or ends it.</summary>
    private bool Enter(string name, List<BrainPart> parts)
    {
        for (int hops = 0; hops < SilentHops; hops++)
        {
            var step = _script.Steps[name];
            var variables = _state.Variables;
            foreach (var (variable, value) in step.Set) variables = variables.SetItem(variable, Fill(value, variables));
            _state = new(name, 0, variables, step.Outcome ?? _state.Outcome, HasOpened: true);
            Say(step.Say, parts);
            if (step.Ask is { } ask)
            {
                parts.Add(new BrainPart.Listen(ask.Listen));
                return true;
            }
            if (step.HangsUp || step.Transfer is not null)
            {
                parts.Add(new BrainPart.Call(CallOf(step)));
                return true;
            }
            bool Holds(ScriptBranch branch) => variables.GetValueOrDefault(branch.Variable, "") == Fill(branch.Is, variables);
            name = step.Branches.FirstOrDefault(Holds)?.Go ?? step.Go!;      // the parser lets no other step pass
        }
        return false;
    }

    private ToolCall CallOf(ScriptStep step)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"call-{++_calls}");
        if (step.Transfer is not { } transfer) return new(id, ToolCall.Hangup, "{}");
        var arguments = new JsonObject { ["to"] = Fill(transfer.To, _state.Variables) };
        if (transfer.From is { } from) arguments["from"] = Fill(from, _state.Variables);
        if (transfer.Summary is { } summary) arguments[ToolCall.Summary] = Fill(summary, _state.Variables);
        return new(id, ToolCall.Transfer, arguments.ToJsonString());
    }

    /// <summary>A line of its own: the next text is another piece.</summary>
    private void Say(string text, List<BrainPart> parts)
    {
        if (Fill(text, _state.Variables).Trim() is { Length: > 0 } said) parts.Add(new BrainPart.Text(said + "\n"));
    }

    /// <summary>What is longer than all that is said at once is cut: a variable may be set to itself twice.</summary>
    private static string Fill(string text, ImmutableDictionary<string, string> variables) =>
        Template.Fill(text, variables, Limits.ReplyCharacters);

    /// <param name="Step">Where it is: what it asks there is to be answered.</param>
    private sealed record State(string Step, int Tries, ImmutableDictionary<string, string> Variables, string? Outcome, bool HasOpened);
}
