using System.Collections.Concurrent;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Edge.Voipbin.Flows;

/// <summary>Actions of the account's assistants and its mails, by a world without a model.</summary>
public sealed class FlowAssistantTests : IAsyncLifetime
{
    private const string Who = "11111111-2222-4333-8444-555555555555";

    private readonly FlowRig _rig = new();
    private readonly Assistants _assistants = new();

    public ValueTask InitializeAsync()
    {
        _rig.Parts.Assistants = _assistants;
        return default;
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private static string Talk(string type, string more = "") =>
        $$$"""{"type":"{{{type}}}","option":{"assistance_id":"{{{Who}}}"{{{more}}}}}""";

    private static string Say(string text) => $$$"""{"type":"talk","option":{"text":"{{{text}}}"}}""";

    private static string Tell(string text) =>
        $$$"""{"type":"webhook_send","option":{"uri":"http://example.com","sync":true,"data":"{{{text}}}"}}""";

    private IEnumerable<string> Told => _rig.Web.Asked.Select(asked => Encoding.UTF8.GetString(asked.Body!.Value.Span));

    /// <summary>An agent whose talk ends so as soon as it has begun.</summary>
    private static Func<LegCommand, IEnumerable<Func<LegFacts, SubjectEvent>>> Ends(string reason) => command =>
        command is LegCommand.StartAgent start ? [leg => Over(leg, start.Terms, reason)] : FarEnd.Usual(command);

    private static CallEvent.AgentEnded Over(LegFacts leg, AgentTerms terms, string reason) =>
        new(terms, reason, TimeSpan.FromSeconds(1)) { Leg = leg, At = Script.At(4) };

    [Fact]
    public async Task An_assistant_talks_and_the_flow_goes_on_behind_it()
    {
        var far = await _rig.CallAsync($"[{Talk("ai_talk")},{Say("${voipbin.ai.conversation_id}")}]", Ends(AgentEnd.Stopped));
        var started = Assert.Single(far.Commands.OfType<LegCommand.StartAgent>());
        Assert.Equal([started.Terms.Conversation.ToString()], far.Said);
        Assert.Equal([Guid.Parse(Who)], _assistants.Ordered);
        Assert.Empty(far.Warnings);
    }

    [Fact]
    public async Task Its_time_may_be_over_before_it_ends_by_itself()
    {
        AgentTerms? terms = null;
        var far = await _rig.CallAsync($"[{Talk("ai_talk", ",\"duration\":5")},{Say("next")}]", command =>
        {
            if (command is LegCommand.StartAgent start) terms = start.Terms;
            return command is LegCommand.StopAgent ? [leg => Over(leg, terms!, AgentEnd.Stopped)] : FarEnd.Usual(command);
        });
        Assert.Equal(terms!.Conversation, Assert.Single(far.Commands.OfType<LegCommand.StopAgent>()).Conversation);
        Assert.Equal(["next"], far.Said);
    }

    [Fact]
    public async Task One_that_hangs_up_ends_the_call_and_nothing_is_said_behind_it()
    {
        var far = await _rig.CallAsync($"[{Talk("ai_talk")},{Say("never")}]", command => command is LegCommand.StartAgent start
            ? [leg => Over(leg, start.Terms, AgentEnd.AssistantHangup), leg => new CallEvent.LegEnded
            {
                Leg = leg, At = Script.At(5), Cause = HangupCause.ApiHangup, By = HangupParty.Local,
            }] : FarEnd.Usual(command));
        Assert.Empty(far.Said);
        Assert.Equal(FlowOutcome.CallOver, _rig.Records.Rows.Last().Outcome);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task One_that_cannot_talk_is_passed_over_and_it_is_said_why(bool hasModel)
    {
        _assistants.Fault = "It has a tool that nobody knows.";
        if (!hasModel) _rig.Parts.Assistants = null;
        var far = await _rig.CallAsync($"[{Talk("ai_talk")},{Say("next")}]");
        Assert.Equal(["next"], far.Said);
        Assert.Equal(hasModel ? "ai_talk: It has a tool that nobody knows" : "ai_talk: no language model thinks on this node",
            Assert.Single(far.Warnings));
        Assert.Empty(far.Commands.OfType<LegCommand.StartAgent>());
    }

    [Fact]
    public async Task A_task_knows_what_the_run_knows_and_what_it_writes_is_kept()
    {
        string set = """{"type":"variable_set","option":{"key":"due","value":"42"}}""";
        Assert.Equal(FlowOutcome.Finished,
            await _rig.RunAsync($"[{set},{Talk("ai_talk")},{Talk("ai_task")},{Tell("${voipbin.ai.text}")}]"));
        Assert.Contains("\"due\":\"42\"", Assert.Single(_assistants.Told), StringComparison.Ordinal);
        Assert.Equal(["done"], Told);
        // Without a call nobody is talked with.
        Assert.Empty(_assistants.Ordered);
    }

    [Fact]
    public async Task A_summary_is_kept_and_known_to_the_flow_behind_it()
    {
        var next = Guid.NewGuid();
        _rig.Records.Flows[(_rig.Tenant, next)] =
            new(next, FlowAction.ReadAll(FlowRig.Read($"[{Tell("behind ${voipbin.ai_summary.content}")}]")), null);
        string summary = $$$"""
            {"type":"ai_summary","option":{"reference_type":"recording","reference_id":"{{{Who}}}","on_end_flow_id":"{{{next}}}"}}
            """;
        await _rig.RunAsync($"[{summary}]");
        Assert.Empty(_assistants.Told);     // nothing was said
        _rig.Records.Spoken = "I want ten.";
        await _rig.RunAsync($"[{summary},{Tell("${voipbin.ai_summary.content}")}]");
        Assert.Equal(["I want ten."], _assistants.Told);
        await Ringwright.Testing.Eventually.TrueAsync(() => Told.Count() == 2, "both have told");
        Assert.Equal(["behind done", "done"], Told.Order());
    }

    [Fact]
    public async Task Mails_go_out_until_the_account_has_sent_its_share()
    {
        string mail = """
            {"type":"email_send","option":{"subject":"Due","content":"You owe ${due}.",
             "destinations":[{"type":"email","target":"a@example.com"},{"type":"email","target":"b@example.com"}]}}
            """;
        await _rig.RunAsync($$$"""[{"type":"variable_set","option":{"key":"due","value":"42"}},{{{mail}}}]""");
        Assert.Equal([("a@example.com", "Due", "You owe 42."), ("b@example.com", "Due", "You owe 42.")], _rig.Records.Mails);
        Assert.True(_rig.Parts.Mails.TryTake(_rig.Tenant, FlowLimits.MailsAnHour - 2));
        Assert.Equal(FlowOutcome.Finished, await _rig.RunAsync($"[{mail}]"));
        Assert.Equal(2, _rig.Records.Mails.Count);
        _rig.Clock.Step(TimeSpan.FromHours(1));
        await _rig.RunAsync($"[{mail}]");
        Assert.Equal(4, _rig.Records.Mails.Count);
    }

    [Fact]
    public void Accounts_below_one_send_no_more_mails_together_than_ten()
    {
        TenantId root = new(Guid.NewGuid()), first = new(Guid.NewGuid()), last = new(Guid.NewGuid());
        var mails = new MailBudget(_rig.Clock, account => account == root ? null : root);
        Assert.True(mails.TryTake(first, FlowLimits.MailsAnHour));
        Assert.False(mails.TryTake(first, 1));
        for (int i = 1; i < 10; i++) Assert.True(mails.TryTake(new(Guid.NewGuid()), FlowLimits.MailsAnHour));
        Assert.False(mails.TryTake(last, 1));
        Assert.True(mails.TryTake(root, FlowLimits.MailsAnHour));
        _rig.Clock.Step(TimeSpan.FromHours(1));
        Assert.True(mails.TryTake(last, 1));
    }

    [Theory]
    [InlineData("<h1>You</h1><p>owe ${who}</p>", true, "<h1>You</h1><p>owe &lt;b&gt;Ada&lt;/b&gt;</p>")]
    [InlineData(" <!DOCTYPE html><html><body>${who}</body></html>", true,
        " <!DOCTYPE html><html><body>&lt;b&gt;Ada&lt;/b&gt;</body></html>")]
    [InlineData("${who} has called.", false, "<b>Ada</b> has called.")]
    [InlineData("<ada@example.com> has called.", false, "<ada@example.com> has called.")]
    [InlineData("2 < 3", false, "2 < 3")]
    public async Task A_mail_is_html_where_its_flow_says_so_and_never_by_what_variables_bring(string content, bool isHtml, string sent)
    {
        await _rig.RunAsync($$$"""
            [{"type":"variable_set","option":{"key":"who","value":"<b>Ada</b>"}},
             {"type":"email_send","option":{"content":"{{{content}}}","destinations":[{"type":"email","target":"a@example.com"}]}}]
            """);
        Assert.Equal([("a@example.com", "", sent)], _rig.Records.Mails);
        Assert.Equal([isHtml], _rig.Records.AreHtml);
    }

    [Fact]
    public async Task Recordings_go_with_a_mail_and_a_flow_goes_on_without_them()
    {
        string flow = $$$"""
            [{"type":"variable_set","option":{"key":"kept","value":"{{{Who}}}"}},
             {"type":"email_send","option":{"content":"Listen.","destinations":[{"type":"email","target":"a@example.com"}],
              "attachments":[{"reference_type":"recording","reference_id":"${kept}"},{"reference_type":"","reference_id":""}]}}]
            """;
        Assert.Equal(FlowOutcome.Finished, await _rig.RunAsync(flow));
        Assert.Equal([Guid.Parse(Who)], _rig.Records.Attached);
        _rig.Records.NoMails = "there is no recording";
        Assert.Equal(FlowOutcome.Finished, await _rig.RunAsync(flow));
        Assert.Single(_rig.Records.Mails);
    }

    private sealed class Assistants : IFlowAssistants
    {
        public ConcurrentQueue<Guid> Ordered { get; } = new();
        public ConcurrentQueue<string> Told { get; } = new();
        public string? Fault { get; set; }

        public ValueTask<bool> HasAsync(TenantId account, Guid assistant, CancellationToken stop) => new(true);

        public ValueTask<(AgentTerms? Terms, string? Fault)> OrderAsync(LegFacts leg, Guid assistant, CancellationToken stop)
        {
            if (Fault is null) Ordered.Enqueue(assistant);
            return new((Fault is null ? new AgentTerms(Guid.NewGuid()) : null, Fault));
        }

        public ValueTask WithdrawAsync(TenantId account, AgentTerms terms, CancellationToken stop) => default;

        public ValueTask<(string? Text, string? Fault)> DoAsync(TenantId account, Guid assistant, string words, CancellationToken stop)
        {
            Told.Enqueue(words);
            return new(("done", null));
        }

        public ValueTask<(string? Text, string? Fault)> SummariseAsync(TenantId account, string said, string language,
            CancellationToken stop) => DoAsync(account, default, said, stop);
    }
}
