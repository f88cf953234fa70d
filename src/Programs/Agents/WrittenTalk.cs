using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>
/// An agent with a model that answers in writing, without a call: one turn at a time, from all that was written before it. Its tools over
/// HTTP are asked; what needs a call says that there is none. For one use.
/// </summary>
public sealed class WrittenTalk
{
    private static readonly TimeSpan Later = TimeSpan.FromMicroseconds(1);

    private readonly ModelAgent _agent;
    private readonly ConcurrentDictionary<string, string> _variables;
    private readonly string _folder;
    private readonly IAgentWeb _web;
    private readonly TimeProvider _time;

    /// <summary>Why nobody writes with an agent, as part of a sentence.</summary>
    internal const string SpeaksItself = "its model hears and speaks itself, and talks on calls alone";

    private WrittenTalk(ModelAgent agent, string folder, IAgentWeb web, TimeProvider time) =>
        (_agent, _variables, _folder, _web, _time) = (agent, Variables(agent), folder, web, time);

    private static ConcurrentDictionary<string, string> Variables(ModelAgent agent) =>
        new(agent.VariablesOf(new Dictionary<string, string>()), StringComparer.Ordinal);

    /// <summary>It may hang up, which ends the talk; else it is told that this is not available.</summary>
    public bool MayHangUp { get; init; }

    /// <summary>Servers of tools are not asked, and the model is told so.</summary>
    public bool IsDry { get; init; }

    /// <summary>Hears each bit of what is written as it comes; what was told is not asked for again. Null where nobody hears.</summary>
    public Action<string>? Told { get; init; }

    /// <summary>In whose name servers of tools, and of an account's own model, are asked; null where nothing is signed.</summary>
    public TenantId? SignedFor { get; init; }

    /// <summary>What is known of models' servers from other talks; null where that is nothing.</summary>
    public RefusedFields? Refused { get; init; }

    /// <summary>What it says first, without asking the model; empty when the other one begins.</summary>
    public string Greeting => _agent.Greeting is { } greeting ? Template.Fill(greeting, _variables, Limits.ReplyCharacters) : "";

    /// <summary>Null and why, as part of a sentence, when it is no agent with a model.</summary>
    /// <param name="definition">As agents are written in files.</param>
    /// <param name="folder">Where key files without a folder of their own are.</param>
    public static (WrittenTalk? Talk, string? Fault) Open(string definition, string folder, IAgentWeb web, TimeProvider time,
        bool mayHangUp = false, bool isDry = false, TenantId? signedFor = null, Action<string>? told = null, RefusedFields? refused = null)
    {
        var (agent, fault) = AgentDefinition.Read(definition);
        if (agent is ModelAgent { Model.Speaks: not null }) return (null, SpeaksItself);
        return agent is ModelAgent model
            ? (new(model, folder, web, time)
            {
                MayHangUp = mayHangUp, IsDry = isDry, SignedFor = signedFor, Told = told, Refused = refused,
            }, null)
            : (null, fault ?? "it has no model");
    }

    /// <summary>What the agent writes and does, until it waits for the next words of somebody else.</summary>
    /// <param name="history">In order; the last message is what is answered. Calls in it without a result get one that says so.</param>
    public async Task<WrittenTurn> AnswerAsync(IReadOnlyList<KeptMessage> history, CancellationToken stop)
    {
        using var line = new ModelLine(_folder, _web, _time, Refused ?? new(_time), SignedFor);
        var brain = new ModelBrain(_agent, _variables, line);
        var known = Mended(history);
        var (added, book) = (new List<KeptMessage>(), new ToolBook());
        var at = history.Count > 0 ? history[^1].At : DateTimeOffset.MinValue;
        int number = LastNumber(history);
        bool isOver = false, isSkipped = false;
        while (true)
        {
            var answer = new Answer();
            string? fault = null;
            for (int attempt = 0; attempt < Math.Max(1, _agent.Terms.Tries); attempt++)
            {
                answer = new();
                fault = await TryAsync(brain, new(++number, BrainOccasion.Turn) { History = known, Try = attempt }, answer, stop);
                if (fault is null || Told is not null && answer.Text.Length > 0) break;
            }
            if (fault is not null) return new(added, fault);
            foreach (var call in answer.Calls) book.Add(call);
            if (book.IsOpen) isOver = await RunAsync(book, stop);
            Keep(new(MessageRole.Assistant, answer.Text.ToString().Trim(), default) { Calls = book.Calls });
            foreach (var (id, result) in book.Results) Keep(new(MessageRole.Tool, result, default) { CallId = id });
            isSkipped = book.IsSkip;
            if (!book.IsOpen || isOver || isSkipped || book.IsExhausted) break;
            book.NextRound();
        }
        bool isWhole = isOver || isSkipped || added.Exists(message => message is { Role: WrittenTurn.Assistant, Text.Length: > 0 });
        return new(added, isWhole ? null : "its model only calls tools and writes nothing")
        { IsOver = isOver };

        void Keep(Message message)
        {
            var now = _time.GetUtcNow();
            at = now > at ? now : at + Later;
            known = [.. known, message];
            added.Add(new(SnakeName.Of(message.Role), message.Text, at)
            {
                Calls = [.. message.Calls.Select(call => (call.Id, call.Name, call.Arguments))], CallId = message.CallId,
            });
        }
    }

    /// <returns>Why there is no whole answer; null when there is.</returns>
    private async Task<string?> TryAsync(ModelBrain brain, BrainRequest request, Answer answer, CancellationToken stop)
    {
        var parts = Channel.CreateUnbounded<BrainPart>(new() { SingleReader = true });
        brain.Ask(request, part => parts.Writer.TryWrite(part));
        var patience = _agent.Terms.ForBrain;
        try
        {
            while (true)
            {
                var part = await parts.Reader.ReadAsync(stop).AsTask().WaitAsync(patience, _time, stop);
                patience = _agent.Terms.BetweenParts ?? patience;
                if (part is BrainPart.Text text && answer.Text.Length + text.Bit.Length <= Limits.ReplyCharacters)
                {
                    answer.Text.Append(text.Bit);
                    Told?.Invoke(text.Bit);
                }
                else if (part is BrainPart.Call call) answer.Calls.Add(call.Tool);
                else if (part is BrainPart.Failed failed) return failed.Why;
                else if (part is BrainPart.Done) return null;
            }
        }
        catch (TimeoutException)
        {
            brain.Cancel(request.Number);
            return $"nothing came from its server for {patience.TotalSeconds:0.#} s";
        }
        catch (OperationCanceledException)
        {
            brain.Cancel(request.Number);
            throw;
        }
    }

    /// <returns>True when it has hung up.</returns>
    private async Task<bool> RunAsync(ToolBook book, CancellationToken stop)
    {
        var results = Channel.CreateUnbounded<ConversationInput.ToolDone>(new() { SingleReader = true });
        var tools = new AgentTools(_agent, _variables, _web, _time, news => results.Writer.TryWrite((ConversationInput.ToolDone)news))
        {
            Note = static _ => { }, SignedFor = SignedFor, Keep = (name, value) => _variables[name] = value,
        };
        bool isOver = false;
        try
        {
            while (book.Start(isSpeechOver: true) is { } call)
            {
                if (MayHangUp && call.Name is ToolCall.Hangup)
                {
                    isOver = true;
                    book.Resolve(call.Id, "Done.");
                }
                else if (IsDry && _agent.Tools.Any(tool => tool is ModelTool.Webhook or ModelTool.Mcp && tool.Name == call.Name))
                    book.Resolve(call.Id, "Not done: this is a test, and no server is asked in it.");
                else tools.Run(call, stop);
            }
            while (!book.IsResolved)
            {
                var done = await results.Reader.ReadAsync(stop);
                book.Resolve(done.Id, done.Result);
            }
            return isOver;
        }
        finally
        {
            tools.End();
        }
    }

    /// <summary>Each call with one result behind it, and no result without its call: servers of models take nothing else.</summary>
    private static List<Message> Mended(IReadOnlyList<KeptMessage> history)
    {
        var mended = new List<Message>();
        for (int i = 0; i < history.Count; i++)
        {
            var kept = history[i];
            MessageRole? role = kept.Role switch
            {
                "user" => MessageRole.User,
                WrittenTurn.Assistant => MessageRole.Assistant,
                "system" or "developer" => MessageRole.System,
                _ => null,
            };
            if (role is not { } known || kept.Text.Length == 0 && kept.Calls.Count == 0) continue;
            mended.Add(new(known, kept.Text, default)
            {
                Name = kept.Name, Calls = [.. kept.Calls.Select(call => new ToolCall(call.Id, call.Name, call.Arguments))],
            });
            foreach (var (id, _, _) in kept.Calls)
            {
                string? result = history.Skip(i + 1).FirstOrDefault(later => later.Role is "tool" && later.CallId == id)?.Text;
                mended.Add(new(MessageRole.Tool, result ?? "Not done: nothing is known of it.", default) { CallId = id });
            }
        }
        return mended;
    }

    /// <summary>Ids of calls begin with the request's number: those of this turn are to be new.</summary>
    private static int LastNumber(IReadOnlyList<KeptMessage> history) => history.SelectMany(message => message.Calls)
        .Select(call => call.Id is ['c', _, _, _, _, _, _, _, _]
            && int.TryParse(call.Id.AsSpan(1, 6), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)
        .DefaultIfEmpty(0).Max();

    private sealed class Answer
    {
        public StringBuilder Text { get; } = new();
        public List<ToolCall> Calls { get; } = [];
    }
}

/// <summary>What an agent has added to a talk in writing.</summary>
/// <param name="Messages">In order, with calls of tools and their results.</param>
/// <param name="Fault">Why the turn is not whole, as part of a sentence and without anything that was written; null when it is.</param>
public sealed record WrittenTurn(IReadOnlyList<KeptMessage> Messages, string? Fault)
{
    internal const string Assistant = "assistant";

    /// <summary>It has hung up.</summary>
    public bool IsOver { get; init; }

    /// <summary>All that it wrote, each message on lines of its own.</summary>
    public string Text => string.Join('\n', Messages.Where(message => message is { Role: Assistant, Text.Length: > 0 })
        .Select(message => message.Text));
}
