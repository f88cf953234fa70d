using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Core;
using Ringwright.Programs.Agents.Spoken;

namespace Ringwright.Programs.Agents;

/// <summary>
/// Talks on a leg that somebody else commands, until the conversation is over or he has ended it. Only an agent that has hung up, and one
/// that cannot go on, ends the call with it.
/// </summary>
internal sealed class AgentGuest(AgentTerms terms, IAgentDesk desk, AgentParts parts) : ICallProgram, IAgentGuest
{
    /// <summary>The grain of times that are kept.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromMicroseconds(1);

    /// <summary>Of silence, until somebody who was called is greeted.</summary>
    private static readonly TimeSpan ForHello = TimeSpan.FromSeconds(1.5);

    /// <summary>Whether the agent is to be silent is asked for before each answer.</summary>
    private static readonly TimeSpan ForWord = TimeSpan.FromSeconds(1);

    /// <summary>Of a talk.</summary>
    private const int MostTexts = 10;

    private IProgramCall? _call;
    /// <summary>The recording that ends with the conversation; null where there is none.</summary>
    private Guid? _recording;
    private int _texts;
    private DateTimeOffset _begun, _last;
    /// <summary>One message behind the other.</summary>
    private Task _keeping = Task.CompletedTask;

    public AgentGather? Gather { get; private set; }

    /// <summary>For the log.</summary>
    private string Name => terms.Assistant.Length > 0 ? terms.Assistant : "agent";

    public RelayMind? Mind => null;

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        _call = call;
        var missing = new List<string>();
        var (json, fault) = await desk.OpenAsync(terms, call.Leg, missing.Add, call.Stop);
        foreach (string line in missing) await call.SendAsync(new LegCommand.Note(NoteKind.Warning, line));
        AgentDefinition? agent = null;
        if (json is not null) (agent, fault) = AgentDefinition.Read(json);
        if (agent is null)
        {
            parts.Log.AgentUnreadable(terms.Conversation, call.Leg.Id, fault!);      // one of the two is there
            await call.SendAsync(new LegCommand.Note(NoteKind.Warning, $"the assistant cannot talk: {fault}"));
            await call.SendAsync(Stop(AgentEnd.NodeFailure));
            return null;
        }
        if (agent is ModelAgent { Gather: { } gathers }) Gather = new(gathers, terms.Conversation);
        if (agent is ModelAgent { Recording: { } recorded }) await RecordAsync(call, recorded);
        try
        {
            if (terms.IsFromAnswer)
            {
                if (call.Leg.Direction is Direction.Outbound) agent = agent with { Terms = agent.Terms with { ForHello = ForHello } };
                else await call.WaitAsync(AgentLine.BeforeGreeting);
            }
            _begun = parts.Time.GetUtcNow();
            StandIn? standsIn = null;
            if (agent is ModelAgent { Model.Speaks: not null } speaks)
            {
                using var spoken = new SpokenTalk(Name, speaks, call, parts, this);
                standsIn = await spoken.RunAsync();
            }
            if (agent is not ModelAgent { Model.Speaks: not null } || standsIn is not null)
            {
                using var talk = new AgentTalk(Name, standsIn?.Agent ?? agent, call, parts, this, standsIn);
                await talk.RunAsync();
            }
        }
        finally
        {
            // Also where the talk broke: what was to end with it does.
            await EndRecordingAsync(call);
        }
        return null;
    }

    private async ValueTask RecordAsync(IProgramCall call, AgentRecording recorded)
    {
        var plan = new RecordPlan
        {
            Id = Guid.CreateVersion7(), Format = recorded.IsMp3 ? RecordFormat.Mp3 : RecordFormat.Wav, IsDual = recorded.IsDual,
        };
        var ack = await call.SendAsync(new LegCommand.RecordStart(plan));
        if (!ack.IsAccepted)
            await call.SendAsync(new LegCommand.Note(NoteKind.Warning, $"the call is not recorded: {SnakeName.Of(ack.Refusal)}"));
        else if (recorded.StopsAtEnd) _recording = plan.Id;
    }

    private async ValueTask EndRecordingAsync(IProgramCall call)
    {
        if (_recording is not { } recording) return;
        try
        {
            await call.SendAsync(new LegCommand.RecordStop(recording));
        }
        catch (OperationCanceledException)
        {
            // The call has ended, and its recordings with it.
        }
    }

    public bool IsEnd(CallEvent.AgentEnded ended) => ended.Terms.Conversation == terms.Conversation;

    public async ValueTask<ConversationInput.Told?> ReadAsync(CallEvent.AgentTold told, Instant now)
    {
        if (told.Terms.Conversation != terms.Conversation) return null;
        try
        {
            var kept = await desk.ReadAsync(terms, told.Leg, told.Messages, _call!.Stop);      // it runs
            return new ConversationInput.Told([.. kept.Select(message => new Message(RoleOf(message.Role), message.Text, now)
            {
                Calls = [.. message.Calls.Select(called => new ToolCall(called.Id, called.Name, called.Arguments))],
                CallId = message.CallId,
            })], told.Messages.AnswersNow);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            parts.Log.MessagesNotRead(failed, terms.Conversation, told.Leg.Id);
            return null;
        }

        static MessageRole RoleOf(string role) => role switch
        {
            "user" => MessageRole.User,
            "assistant" => MessageRole.Assistant,
            "tool" => MessageRole.Tool,
            _ => MessageRole.System,
        };
    }

    public async ValueTask<bool> IsSilencedAsync()
    {
        try
        {
            // Who talks waits for nobody who is slow to say it.
            var asked = desk.IsSilencedAsync(terms, _call!.Leg, _call.Stop);        // it runs
            return await asked.AsTask().WaitAsync(ForWord, parts.Time, _call.Stop);
        }
        catch (Exception)
        {
            // Who cannot be asked has said nothing, and the caller waits.
            return false;
        }
    }

    public void Tell(Message message, TimeSpan since)
    {
        var (leg, at) = (_call!.Leg, Next(since));      // it runs
        var kept = new KeptMessage(SnakeName.Of(message.Role), message.Text, at)
        {
            Calls = [.. message.Calls.Select(called => (called.Id, called.Name, called.Arguments))], CallId = message.CallId,
            Took = message.Took,
        };
        _keeping = KeepAsync(_keeping, leg, () => desk.KeepAsync(terms, leg, kept));
    }

    public void TellUnheard(TimeSpan since)
    {
        var (leg, at) = (_call!.Leg, Next(since));      // it runs
        _keeping = KeepAsync(_keeping, leg, () => desk.KeepUnheardAsync(terms, leg, at));
    }

    public void TellOutcome(string outcome)
    {
        var leg = _call!.Leg;       // it runs
        _keeping = KeepAsync(_keeping, leg, () => desk.KeepOutcomeAsync(terms, leg, outcome));
    }

    /// <summary>What a tool answered is as old as the words beside it, and stands behind them.</summary>
    private DateTimeOffset Next(TimeSpan since) => _last = _begun + since > _last ? _begun + since : _last + Later;

    public Task KeepAsync() => _keeping;

    private async Task KeepAsync(Task before, LegFacts leg, Func<ValueTask> keep)
    {
        await before;
        try
        {
            await keep();
        }
        catch (Exception failed)
        {
            // The talk goes on: who hears it misses nothing.
            parts.Log.MessageNotKept(failed, terms.Conversation, leg.Id);
        }
    }

    public Labels? RefusalOfRecording => desk.RefusalOfRecording(terms);

    public ValueTask<bool> OptOutAsync() => desk.OptOutAsync(terms, _call!.Leg);      // it runs

    /// <summary>A caller who has the model send one after the other is not to cost its account what he likes.</summary>
    public ValueTask<string?> SendTextAsync(string words) => ++_texts > MostTexts
        ? new($"{MostTexts} messages were sent in this conversation, and there are no more.")
        : desk.SendTextAsync(terms, _call!.Leg, words);      // it runs

    public ValueTask<string> CallBackAsync(string at) => desk.CallBackAsync(terms, _call!.Leg, at);      // it runs

    public IEnumerable<LegCommand> EndOf(EndReason reason)
    {
        string word = SnakeName.Of(reason);
        if (reason is not EndReason.Stopped) yield return Stop(word);
        // Who has something gathered waits to hear of that, and goes on with the call whatever came of it.
        if (reason is EndReason.AssistantHangup || reason is EndReason.ProviderFailure && Gather is null)
            yield return new LegCommand.Hangup { Evidence = $"The assistant has ended the call: {word}." };
    }

    private LegCommand.StopAgent Stop(string reason) => new() { Conversation = terms.Conversation, Reason = reason };
}
