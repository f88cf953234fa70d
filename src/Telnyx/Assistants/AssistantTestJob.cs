using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Inference;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Does runs of tests: the model plays the person, the assistant answers as it does in writing, and a judge has the last word. A run is
/// done at most once, for its tools are really asked: one whose process died ends in an error.
/// </summary>
public sealed class AssistantTestJob(AssistantParts parts)
{
    /// <summary>Runs at once of an account, and of an account and all below it; others stay pending.</summary>
    private const int OfAccount = 4, OfFamily = 6;
    private const int MostTurns = 50, UsualSeconds = 300, LongestLogs = 20_000;
    private const string Dry = "[dry]";

    private static readonly TimeSpan WhileFull = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ForJudge = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Later = TimeSpan.FromMicroseconds(1);

    private readonly AccountPlaces _running = new(OfAccount, OfFamily);

    /// <summary>For a runner of its own: a run takes minutes, and other jobs are not to wait for it.</summary>
    public JobKind Kind => new(TestRunRecords.Job, RunAsync);

    /// <summary>As such a runner is to do it. A run that came to no end is ended by the job that is taken again.</summary>
    public static JobOptions Options => new() { Parallel = 8 };

    private async ValueTask<JsonObject?> RunAsync(JobContext job)
    {
        string id = job.Input.Text(TestRunRecords.Run)!;        // written with the run
        if (await TestRunRecords.Rows(parts.Store).FindAsync(job.Tenant, id, job.Stop) is not { } run) return null;
        switch (run.Body.Text(TestRunRecords.Status))
        {
            case TestRunRecords.Pending:
                break;
            case TestRunRecords.Starting or TestRunRecords.Running:
                await FailAsync(job, id, "The node stopped while it ran. What its tools had done by then is done.");
                return null;
            default:
                return null;
        }
        var head = parts.Store.Routing.Current.FindTenant(job.Tenant)?.Parent ?? job.Tenant;
        if (!_running.TryTake(job.Tenant, head)) throw new JobWaitsException(WhileFull, isCounted: false);
        try
        {
            if (await SetAsync(job, id, TestRunRecords.Starting) && await PlayAsync(job, run) is { } fault)
                await FailAsync(job, id, fault);
            return null;
        }
        finally
        {
            _running.Give(job.Tenant, head);
        }
    }

    /// <returns>Why it came to no verdict, as a sentence; null when it has one, or nobody wants it any more.</returns>
    private async ValueTask<string?> PlayAsync(JobContext job, ResourceRow run)
    {
        if (parts is not { Talk: { } talk, Inference.Model: { } node }) return "No language model thinks for this node.";
        var tests = parts.Store.Documents.Rows(new DocumentKind(AssistantTestRecords.RecordType));
        if (await tests.FindAsync(job.Tenant, run.Body.Text(TestRunRecords.TestId)!, job.Stop) is not { } test) return null;
        if (await TestDestination.FindAsync(job.Tenant, test.Body.Text("destination") ?? "", parts.Store, job.Stop)
            is not { } assistant) return "The assistant is not there any more.";
        var conversation = Guid.NewGuid();
        string channel = test.Body.Filled(ConversationRecords.Channel) ?? AssistantChat.Channel;
        var metadata = new JsonObject { [ConversationRecords.Channel] = channel };
        string? version = run.Body.Filled(TestRunRecords.Version);
        var (opened, faults) = await WrittenAssistant.OpenAsync(job.Tenant, assistant, conversation, metadata, version, parts, job.Stop);
        if (opened is null) return string.Join(' ', faults);
        if (version is not null && opened.Version != version) return "The version of the assistant is not there any more.";

        await BeginAsync(job, conversation.ToString(), test, assistant.Id, opened.Version, channel);
        if (!await TestRunRecords.ChangeAsync(parts.Store, job.Tenant, run.Id, body =>
        {
            (body[TestRunRecords.Status], body[TestRunRecords.Conversation]) = (TestRunRecords.Running, conversation.ToString());
            // The test may have been changed since the run was ordered: it is judged as it is now.
            body[TestRunRecords.Details] = TestRunRecords.DetailsOf(test.Body);
        }, job.Stop)) return null;

        var agent = opened.Agent with
        {
            MayHangUp = true,
            IsDry = test.Body.Text("description")?.StartsWith(Dry, StringComparison.Ordinal) is true,
        };
        var (history, fault) = await TalkAsync(job, talk, agent, TestCaller.Of(test.Body, agent.Model), conversation.ToString(),
            TimeSpan.FromSeconds(test.Body.Whole("max_duration_seconds") ?? UsualSeconds));
        if (fault is not null) return fault;
        var criteria = TestRunRecords.CriteriaOf(test.Body);
        using var late = new CancellationTokenSource(ForJudge, parts.Store.Time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(late.Token, job.Stop);
        IReadOnlyList<TestVerdict>? verdicts;
        try
        {
            (verdicts, fault) = await TestJudge.AskAsync(node, parts.Egress, agent.Model, criteria, history, over.Token);
        }
        catch (OperationCanceledException) when (!job.Stop.IsCancellationRequested)
        {
            verdicts = null;
            fault = "it was not there in time";
        }
        if (verdicts is null) return $"There is no verdict: {fault}.";
        await EndAsync(job, run.Id, verdicts.All(one => one.HasPassed) ? TestRunRecords.Passed : TestRunRecords.Failed,
            string.Join('\n', criteria.Zip(verdicts, (one, verdict) =>
                $"{one.Name}: {(verdict.HasPassed ? TestRunRecords.Passed : TestRunRecords.Failed)}. {verdict.Reason}")),
            i => verdicts[i].HasPassed ? TestRunRecords.Passed : TestRunRecords.Failed);
        return null;
    }

    /// <summary>Until one of them hangs up, or time is up; then what was written so far is what there is.</summary>
    private async Task<(List<WrittenMessage> History, string? Fault)> TalkAsync(JobContext job, IAssistantTalk talk, WrittenAgent agent,
        WrittenAgent caller, string conversation, TimeSpan limit)
    {
        var history = new List<WrittenMessage>();
        using var late = new CancellationTokenSource(limit, parts.Store.Time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(late.Token, job.Stop);
        try
        {
            if (talk.GreetingOf(agent) is { Length: > 0 } greeting)
                await KeepAsync(job, conversation, history, [new("assistant", greeting, At(history))]);
            for (int turn = 0; turn < MostTurns; turn++)
            {
                var said = await talk.AnswerAsync(caller, TestCaller.Seen(history), over.Token);
                if (said.Fault is { } mute) return (history, $"The person of the test could not be played: {mute}.");
                if (said.Text.Length == 0) break;
                List<WrittenMessage> asked = [.. history, new("user", said.Text, At(history))];
                var reply = await talk.AnswerAsync(agent, asked, over.Token);
                if (reply.Fault is { } silent) return (history, $"The assistant gave no answer: {silent}.");
                await KeepAsync(job, conversation, history, [asked[^1], .. reply.Messages]);
                if (said.IsOver || reply.IsOver) break;
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !job.Stop.IsCancellationRequested)
        {
            // The test says how long it may take.
        }
        return (history, null);
    }

    private DateTimeOffset At(List<WrittenMessage> history)
    {
        var now = parts.Store.Time.GetUtcNow();
        return history.Count > 0 && history[^1].At >= now ? history[^1].At + Later : now;
    }

    private async ValueTask BeginAsync(JobContext job, string conversation, ResourceRow test, string assistant, string version,
        string channel)
    {
        var now = parts.Store.Time.GetUtcNow();
        var body = new JsonObject
        {
            [ConversationRecords.Name] = test.Body.Text("name"), [ConversationRecords.LastMessageAt] = TelnyxTime.Millis(now),
        };
        AssistantChat.Begin(body, assistant, version, channel);
        await ConversationRecords.Rows(parts.Store).InsertAsync(
            new() { Id = conversation, Tenant = job.Tenant, Body = body, CreatedAt = now, UpdatedAt = now }, null, job.Stop);
    }

    private async ValueTask KeepAsync(JobContext job, string conversation, List<WrittenMessage> history,
        IReadOnlyList<WrittenMessage> added)
    {
        history.AddRange(added);
        // A conversation that was deleted meanwhile is judged all the same.
        await KeptTurns.KeepAsync(parts.Store, job.Tenant, conversation, added, change: null, note: null, job.Stop);
    }

    private ValueTask<bool> SetAsync(JobContext job, string run, string status) =>
        TestRunRecords.ChangeAsync(parts.Store, job.Tenant, run, body => body[TestRunRecords.Status] = status, job.Stop);

    private ValueTask FailAsync(JobContext job, string run, string why) =>
        EndAsync(job, run, TestRunRecords.Error, why, static _ => TestRunRecords.Error);

    /// <param name="detail">What became of each criterion.</param>
    private async ValueTask EndAsync(JobContext job, string run, string status, string logs, Func<int, string> detail) =>
        await TestRunRecords.ChangeAsync(parts.Store, job.Tenant, run, body =>
        {
            (body[TestRunRecords.Status], body[TestRunRecords.Logs]) = (status, logs[..Math.Min(logs.Length, LongestLogs)]);
            body[TestRunRecords.CompletedAt] = TelnyxTime.Millis(parts.Store.Time.GetUtcNow());
            var details = body[TestRunRecords.Details] as JsonArray ?? [];
            for (int i = 0; i < details.Count; i++) details[i]![TestRunRecords.Status] = detail(i);
        }, job.Stop);
}
