using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>Has done what a model calls for. Each call gets one result, whatever becomes of it; what it did stands in the trace.</summary>
/// <param name="tell">Called on any thread.</param>
internal sealed class AgentTools(ModelAgent agent, IReadOnlyDictionary<string, string> variables, IAgentWeb web, TimeProvider time,
    Action<ConversationInput> tell)
{
    private const int MostKeys = 128;
    /// <summary>What the model hears of a tool that runs on in the background.</summary>
    private const string Submitted = "Submitted.";
    private const string Keys = "0123456789ABCDabcd*#wW";
    /// <summary>Nobody has said how long one may take; what they ask others for takes longer than a webhook does.</summary>
    private static readonly TimeSpan ForRemote = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, McpSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>Sends keys; null where there is no call.</summary>
    public Func<string, ValueTask<Ack>>? Press { get; init; }

    /// <summary>Rings somebody; null where there is no call.</summary>
    public Action<ToolCall>? Transfer { get; init; }

    /// <summary>Has the far end call somebody else; null where there is no call.</summary>
    public Action<ToolCall, LegCommand.Refer>? Refer { get; init; }

    /// <summary>
    /// Another agent thinks from here on, in its own voice where that is true; returns what it is told first. Null where that cannot be.
    /// </summary>
    public Func<ModelAgent, bool, string>? HandOver { get; init; }

    /// <summary>Has whoever was called not called again, and says whether that is so; null where nobody was called.</summary>
    public Func<ValueTask<bool>>? OptOut { get; init; }

    /// <summary>
    /// Sends a text to whoever the call is with, and says why it is not on its way, or null; null where there is no call.
    /// </summary>
    public Func<string, ValueTask<string?>>? SendText { get; init; }

    /// <summary>Has whoever the call is with called again at that moment, and says what came of it; null where nobody does.</summary>
    public Func<string, ValueTask<string>>? CallBack { get; init; }

    /// <summary>
    /// Has nothing of the call recorded any more, and what was recorded deleted, and says whether that is so; null where there is no call.
    /// </summary>
    public Func<ValueTask<bool>>? StopRecording { get; init; }

    /// <summary>Keeps a variable for what comes; null where there is nobody to use it.</summary>
    public Action<string, string>? Keep { get; init; }

    /// <summary>Requests to servers of tools are signed as this tenant's webhooks; null where there is none.</summary>
    public TenantId? SignedFor { get; init; }

    /// <summary>Says what was done, without what was said: on any thread.</summary>
    public required Action<string> Note { get; init; }

    public void Run(ToolCall call, CancellationToken stop)
    {
        if (agent.Tools.FirstOrDefault(tool => tool.Name == call.Name) is not { } tool)
        {
            Done(call, $"Not done: there is no tool {call.Name}.");
            return;
        }
        if (ArgumentSchema.FaultOf(tool.Parameters, call.Arguments) is { } fault)
        {
            Note($"tool {tool.Name}: its arguments were none");
            Done(call, $"Not done: {fault}.");
            return;
        }
        var arguments = ArgumentSchema.ObjectOf(call.Arguments)!;      // the schema is one of an object
        switch (tool)
        {
            case ModelTool.Transfer transfer when Transfer is not null:
                var to = new JsonObject { ["to"] = transfer.Targets[(string)arguments[ModelTool.Transfer.Target]!] };
                if (transfer.From is { } from) to["from"] = Template.Fill(from, variables);
                if (transfer.Summary is not null) to[ToolCall.Summary] = (string)arguments[ToolCall.Summary]!;
                Transfer(call with { Arguments = to.ToJsonString() });
                break;
            case ModelTool.Refer refer when Refer is not null:
                Refer(call, new(refer.Targets[(string)arguments[ModelTool.Transfer.Target]!])
                {
                    Headers = [.. refer.Headers.Select(one => new CustomSipHeader(one.Key, OneLine(Template.Fill(one.Value, variables))))],
                });
                break;
            case ModelTool.Handoff handoff when HandOver is not null:
                var other = agent.Others[handoff.Targets[(string)arguments[ModelTool.Transfer.Target]!]];
                Done(call, HandOver(other, handoff.ChangesVoice));
                break;
            case ModelTool.SendDigits when Press is not null:
                string digits = KeysOf((string)arguments[ModelTool.SendDigits.Digits]!);
                if (digits.Length is > 0 and <= MostKeys && digits.All(key => Keys.Contains(key))) _ = PressAsync(call, digits);
                else Done(call, $"Not done: digits must be 1 to {MostKeys} of {Keys}.");
                break;
            case ModelTool.Webhook webhook:
                _ = SendAsync(call, webhook, stop);
                break;
            case ModelTool.Mcp remote:
                _ = AskAsync(call, remote, arguments, stop);
                break;
            case ModelTool.OptOut when OptOut is not null:
                _ = OptOutAsync(call);
                break;
            case ModelTool.SendMessage message when SendText is not null:
                _ = SendTextAsync(call, message.Template is { } template ? Template.Fill(template, variables, Limits.ReplyCharacters)
                    : (string)arguments[ModelTool.SendMessage.Words]!);
                break;
            case ModelTool.CallBack when CallBack is not null:
                _ = CallBackAsync(call, (string)arguments[ModelTool.CallBack.At]!);
                break;
            case ModelTool.StopRecording when StopRecording is not null:
                _ = StopRecordingAsync(call);
                break;
            case ModelTool.SkipTurn:
                Done(call, "Done.");
                break;
            case ModelTool.Transfer or ModelTool.Refer or ModelTool.Handoff or ModelTool.SendDigits or ModelTool.Hangup or ModelTool.Gather
                or ModelTool.OptOut or ModelTool.SendMessage or ModelTool.CallBack or ModelTool.StopRecording:
                Done(call, "Not done: it is not available here.");
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Nothing more will be called: servers of tools need not keep their sessions.</summary>
    public void End()
    {
        lock (_sessions)
            foreach (var session in _sessions.Values) session.End();
    }

    /// <summary>A caller's name may be anything.</summary>
    private static string OneLine(string text) => new([.. text.Where(c => c is >= ' ' and <= '~')]);

    /// <summary>Models write numbers as people do, 1 (800) 555-0100, and a comma where a modem pauses.</summary>
    private static string KeysOf(string written) =>
        new([.. written.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '(' or ')' or '.')).Select(c => c is ',' ? 'w' : c)]);

    private async Task PressAsync(ToolCall call, string digits)
    {
        string result = "Not done: the call is over.";
        try
        {
            var ack = await Press!(digits);        // asked before
            result = ack.IsAccepted ? "Done." : $"Refused: {SnakeName.Of(ack.Refusal)}.";
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException) { /* so is the call */ }
        Done(call, result);
    }

    private async Task OptOutAsync(ToolCall call)
    {
        bool isDone = false;
        try
        {
            isDone = await OptOut!();       // asked before
        }
        catch (Exception failed)
        {
            Note($"tool {ToolCall.OptOut}: {failed.GetType().Name}");
        }
        Done(call, isDone ? "Done. Say that there will be no more calls, and end the call."
            : "Not done: nobody keeps a list of that here.");
    }

    private async Task StopRecordingAsync(ToolCall call)
    {
        bool isDone = false;
        try
        {
            isDone = await StopRecording!();       // asked before
        }
        catch (Exception failed)
        {
            Note($"tool {ToolCall.StopRecording}: {failed.GetType().Name}");
        }
        Done(call, isDone ? "Done. Say that nothing of the call is recorded any more, and that what was recorded is deleted."
            : "Not done: nobody can see to that here.");
    }

    private async Task SendTextAsync(ToolCall call, string words)
    {
        string? fault;
        try
        {
            fault = await SendText!(words);       // asked before
            Note($"tool {ToolCall.SendMessage}: {(fault is null ? "taken" : "refused")}");
        }
        catch (Exception failed)
        {
            fault = "The message could not be taken in.";
            Note($"tool {ToolCall.SendMessage}: {failed.GetType().Name}");
        }
        Done(call, fault is null ? "Done: the message is on its way." : $"Not done: {fault}");
    }

    private async Task CallBackAsync(ToolCall call, string at)
    {
        string result = "Not done: it cannot be written down.";
        try
        {
            result = await CallBack!(at);       // asked before
        }
        catch (Exception failed)
        {
            Note($"tool {ToolCall.CallBack}: {failed.GetType().Name}");
        }
        Done(call, result);
    }

    private async Task SendAsync(ToolCall call, ModelTool.Webhook webhook, CancellationToken stop)
    {
        long begun = time.GetTimestamp();
        string result = "Not done: the call is over.", became = "stopped";
        try
        {
            var ask = ToolAsk.Of(webhook, variables, call.Arguments) with { SignedFor = SignedFor };
            var asked = OwnRedirect.FollowAsync(web, ask, time, stop);
            if (webhook.Background is { } wait && await Task.WhenAny(asked, Task.Delay(wait, time, stop)) != asked) Done(call, Submitted);
            var answer = await asked;
            (result, became) = Read(answer, webhook.Timeout);
            if (answer.IsSuccess && Keep is { } keep)
                foreach (var (name, value) in AnswerFields.Of(answer.Body, webhook.Stores)) keep(name, value);
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException) { /* so is the call */ }
        Note(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"tool {webhook.Name}: {became} after {time.GetElapsedTime(begun).TotalMilliseconds:F0} ms"));
        Done(call, result);
    }

    private async Task AskAsync(ToolCall call, ModelTool.Mcp tool, JsonObject arguments, CancellationToken stop)
    {
        long begun = time.GetTimestamp();
        string result = "Not done: the call is over.", became = "stopped";
        try
        {
            (result, became) = await SessionOf(tool).CallAsync(tool, arguments, ForRemote, stop);
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException) { /* so is the call */ }
        Note(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"tool {tool.Name}: {became} after {time.GetElapsedTime(begun).TotalMilliseconds:F0} ms"));
        Done(call, result);
    }

    /// <summary>One for all calls of a server in this talk; under another key it is another one.</summary>
    private McpSession SessionOf(ModelTool.Mcp tool)
    {
        string key = string.Join('\n', tool.Headers.Select(one => $"{one.Key}: {one.Value}").Prepend(tool.Url));
        lock (_sessions)
        {
            if (!_sessions.TryGetValue(key, out var session))
                _sessions[key] = session = new(tool.Url, tool.Headers, web, SignedFor, time);
            return session;
        }
    }

    private static (string Result, string Became) Read(WebAnswer answer, TimeSpan limit)
    {
        // Pictures and other files have zeros, and no text has: a model makes nothing of them, and a database keeps none.
        bool isText = !answer.Body.Span.Contains((byte)0);
        string text = isText ? Encoding.UTF8.GetString(answer.Body.Span).Trim('\uFEFF').Trim() : "";
        if (answer.IsSuccess && !isText) return ("Done. What its server answered is no text.", $"{answer.Status}");
        if (answer.IsSuccess) return (text.Length == 0 ? "Done." : text, $"{answer.Status}");
        if (answer.Fault is "timed_out") return ($"Not done: no answer within {limit.TotalSeconds:0.#} s.", answer.Fault);
        if (answer.Fault is { } fault) return ($"Not done: the server cannot be asked ({fault}).", fault);
        return ($"Not done: the server answered {answer.Status}. {text}".TrimEnd(), $"{answer.Status}");
    }

    private void Done(ToolCall call, string result) => tell(new ConversationInput.ToolDone(call.Id, result, EndsConversation: false));
}
