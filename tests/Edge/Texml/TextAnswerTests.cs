using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Texml;
using Ringwright.Texml.Run;
using Ringwright.Texml.Texts;
using Ringwright.Texml.Twiml;

namespace Ringwright.Edge.Texml;

/// <summary>What the documents of a number send in answer to a text that has come to it; nobody takes that on.</summary>
public sealed class TextAnswerTests : IAsyncLifetime
{
    private const string Own = "+15550100001", Other = "+15550100003", Writer = "+15550100002", Xml = "text/xml";

    private readonly EgressClient _egress = new(new() { IsLoopbackAllowed = true }, TimeProvider.System);
    private TestDatabase _test = null!;     // set before each test
    private TextMessage _come = null!;      // the same
    private string _token = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.OpenAsync();
        var (account, now) = (await _test.TenantAsync(), _test.Time.GetUtcNow());
        await _test.Database.Numbers.ImportAsync([new(new(Own, account, null), 7, now), new(new(Other, account, null), 8, now)], Stop);
        _token = (await _test.Database.AuthTokens.ReplaceAsync(account, Stop))!;
        _come = new()
        {
            Id = Guid.NewGuid(), Tenant = account, Direction = Direction.Inbound, State = TextState.Received, From = Writer, To = Own,
            Profile = PlainTexts.ProfileOf(account), Words = "Tom & Jerry?", Encoding = TextEncoding.Gsm7, Parts = 1, ReceivedAt = now,
        };
    }

    public async ValueTask DisposeAsync()
    {
        _egress.Dispose();
        await _test.DisposeAsync();
    }

    [Theory, InlineData("POST"), InlineData("GET")]
    public async Task A_document_is_asked_with_the_text_and_what_it_says_is_sent(string method)
    {
        var answered = await AnswerAsync(new() { ["/sms"] = "<Response><Message>Both.</Message></Response>" }, method);

        var text = Assert.Single(answered.Sent);
        Assert.Equal((Own, Writer, "Both.", TextState.Queued), (text.From, text.To, text.Words, text.State));
        Assert.Empty(answered.Warnings);
        var asked = Assert.Single(answered.Asked);
        Assert.Equal(method, asked.Method);
        var form = FieldsOf(method is "GET" ? asked.Query.TrimStart('?') : asked.Text);
        Assert.Equal(("SM" + _come.Id.ToString("N"), TwimlSids.Account(_come.Tenant), Writer, Own, "Tom & Jerry?", "0", "1", "received"),
            (form["MessageSid"], form["AccountSid"], form["From"], form["To"], form["Body"], form["NumMedia"], form["NumSegments"],
                form["SmsStatus"]));
        Assert.Contains("FromCountry", form.Keys);
        Assert.Equal(TwimlSignature.Sign(_token, answered.Server + asked.Path + asked.Query, form.Where(_ => method is "POST")),
            asked["x-twilio-signature"]);
    }

    [Theory]
    [InlineData("<Message><Body>One</Body></Message><Message to=\"+1 (555) 010-0004\" from=\"+15550100003\">Two</Message>",
        "+15550100001 +15550100002 One|+15550100003 +15550100004 Two")]
    [InlineData("<Sms>As the first clients wrote it</Sms>", "+15550100001 +15550100002 As the first clients wrote it")]
    [InlineData("<Message>\n  <![CDATA[a & b]]>\n</Message>", "+15550100001 +15550100002 a & b"), InlineData("", "")]
    public async Task Each_text_goes_where_it_says_and_else_back(string verbs, string sent)
    {
        var answered = await AnswerAsync(new() { ["/sms"] = $"<?xml version=\"1.0\"?><Response>{verbs}</Response>" });
        Assert.Equal(sent, string.Join('|', answered.Sent.Select(text => $"{text.From} {text.To} {text.Words}")
            .Order(StringComparer.Ordinal)));
        Assert.Empty(answered.Warnings);
    }

    [Fact]
    public async Task Documents_lead_on_and_an_action_hears_of_the_text_that_was_sent()
    {
        var answered = await AnswerAsync(new()
        {
            ["/sms"] = "<Response><Redirect method=\"GET\">bot/start?step=1</Redirect><Message>Never.</Message></Response>",
            ["/bot/start"] = "<Response><Message action=\"../done\" statusCallback=\"/status\">First.</Message>"
                + "<Message>Never.</Message></Response>",
            ["/done"] = "<Response><Message>Second.</Message></Response>",
        });

        Assert.Equal(["First.", "Second."], answered.Sent.Select(text => text.Words).Order(StringComparer.Ordinal));
        Assert.Equal(["POST /sms", "GET /bot/start", "POST /done"], answered.Asked.Select(asked => $"{asked.Method} {asked.Path}"));
        var first = answered.Sent.Single(text => text.Words is "First.");
        var told = FieldsOf(answered.Asked[2].Text);
        Assert.Equal(("SM" + first.Id.ToString("N"), "queued", "queued", Own),
            (told["MessageSid"], told["MessageStatus"], told["SmsStatus"], told["To"]));
        Assert.Empty(TwimlTexts.Tell(answered.Sent.Single(text => text.Words is "Second.")));
        var callback = Assert.Single(TwimlTexts.Tell(first with { State = TextState.SendingFailed, Fault = TextFault.NoRoute }));
        Assert.Equal((answered.Server + "/status", "POST"), (callback.Url, callback.Method));
        Assert.Contains("\"MessageStatus\":\"failed\"", callback.Body, StringComparison.Ordinal);
        Assert.Contains("\"ErrorCode\":\"30006\"", callback.Body, StringComparison.Ordinal);
    }

    /// <summary>As programs track deliveries: they name an action, and answer it with no document.</summary>
    [Fact]
    public async Task An_action_is_told_what_becomes_of_the_text_where_nobody_else_is_and_need_not_answer_with_a_document()
    {
        var answered = await AnswerAsync(new()
        {
            ["/sms"] = "<Response><Message action=\"/track\" method=\"GET\">Hi</Message></Response>", ["/track"] = "OK",
        }, type: "text/plain");
        var text = Assert.Single(answered.Sent);
        Assert.Equal("Hi", text.Words);
        Assert.Empty(answered.Warnings);
        var callback = Assert.Single(TwimlTexts.Tell(text with { State = TextState.Sent, SentAt = text.ReceivedAt }));
        Assert.Equal((answered.Server + "/track", "GET"), (callback.Url, callback.Method));
        Assert.Contains("\"MessageStatus\":\"sent\"", callback.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "OK, noted.\n", "OK, noted."), InlineData(Xml, "", null), InlineData("text/plain", " ", null)]
    public async Task A_plain_text_is_the_answer_and_nothing_is_none(string type, string page, string? sent)
    {
        var answered = await AnswerAsync(new() { ["/sms"] = page }, type: type);
        Assert.Equal(sent ?? "", string.Join('|', answered.Sent.Select(text => text.Words)));
        Assert.Equal(page is " " ? 1 : 0, answered.Warnings.Count);
    }

    [Theory]
    [InlineData(null, "11200", "The server answered 500; "), InlineData("<html/>", "12100", "The root is html")]
    [InlineData("<Response><Message>Tom & Jerry</Message></Response>", "12100", "A bare & stands in Message: ")]
    public async Task Where_there_is_no_document_the_fallback_is_asked(string? page, string code, string why)
    {
        var pages = new Dictionary<string, string> { ["/fallback"] = "<Response><Message>Later.</Message></Response>" };
        if (page is not null) pages["/sms"] = page;
        var answered = await AnswerAsync(pages, fallback: "/fallback");
        Assert.Equal("Later.", Assert.Single(answered.Sent).Words);
        var asked = FieldsOf(answered.Asked[^1].Query.TrimStart('?'));
        Assert.Equal((code, answered.Server + "/sms", "Tom & Jerry?"), (asked["ErrorCode"], asked["ErrorUrl"], asked["Body"]));
        Assert.StartsWith(why, Assert.Single(answered.Warnings).Cause, StringComparison.Ordinal);

        pages.Remove("/fallback");
        answered = await AnswerAsync(pages, fallback: "/fallback");
        Assert.Equal(2, answered.Warnings.Count);
        Assert.StartsWith("The text is not answered: ", answered.Warnings[1].Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<Say>Hi</Say>", "Say does nothing in the answer to a text (line 2, column 2)")]
    [InlineData("<Message colour=\"red\">x</Message>", "colour is no attribute of Message (line 2, column 10)")]
    [InlineData("<Message><Say>x</Say></Message>", "Say cannot stand in Message (line 2, column 11)")]
    [InlineData("<Message/>", "A text was not sent: there is nothing to send (line 2, column 2)")]
    [InlineData("<Message from=\"+15550199999\">x</Message>",
        "A text was not sent: +15550199999 is no number of the account (line 2, column 2)")]
    [InlineData("<Message to=\"me\">x</Message>",
        "A text was not sent: me is no number in +E.164 format and no short code (line 2, column 2)")]
    [InlineData("<Message>x<Media>/a.png</Media></Message>",
        "A text was not sent: no way out of this node carries files: they go to its own numbers alone (line 2, column 2)")]
    public async Task What_is_not_done_is_told_with_its_line(string verb, string told)
    {
        var answered = await AnswerAsync(new() { ["/sms"] = $"<Response>\n{verb}</Response>" });
        var warning = answered.Warnings[0];
        Assert.Equal((told, answered.Server + "/sms", 2), (warning.Cause, warning.Url, warning.Line));
    }

    [Fact]
    public async Task A_circle_ends_and_so_does_a_flood()
    {
        var circle = await AnswerAsync(new() { ["/sms"] = "<Response><Redirect>/sms</Redirect></Response>" });
        Assert.Equal(Ringwright.Texml.Limits.IdleDocuments, circle.Asked.Count);
        Assert.Contains("to no end", Assert.Single(circle.Warnings).Cause, StringComparison.Ordinal);

        string many = string.Concat(Enumerable.Range(0, Ringwright.Texml.Limits.TextsOfAnswer + 1).Select(i => $"<Message>{i}</Message>"));
        var flood = await AnswerAsync(new() { ["/sms"] = $"<Response>{many}</Response>" });
        Assert.Equal(Ringwright.Texml.Limits.TextsOfAnswer, flood.Sent.Count);
        Assert.Contains("20 have been", Assert.Single(flood.Warnings).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_that_answer_each_other_come_to_an_end()
    {
        var pages = new Dictionary<string, string> { ["/sms"] = "<Response><Message>And you?</Message></Response>" };
        var answered = await AnswerAsync(pages);
        Assert.Equal(1, Assert.Single(answered.Sent).Hops);

        _come.Facts[TextMessage.HopsFact] = Ringwright.Texml.Limits.TextHops + 1;
        answered = await AnswerAsync(pages);
        Assert.Empty(answered.Asked);
        Assert.Single(answered.Sent);
        var warning = Assert.Single(answered.Warnings);
        Assert.Equal("The text is not answered: 6 have been in answer to one another, all of them by documents", warning.Cause);
        Assert.Equal((answered.Server + "/sms", null), (warning.Url, warning.Line));

        _come.Facts[TextMessage.HopsFact] = Ringwright.Texml.Limits.TextHops;
        _come = _come with { Id = Guid.NewGuid() };
        answered = await AnswerAsync(pages);
        Assert.Single(answered.Asked);
        Assert.Equal([1, Ringwright.Texml.Limits.TextHops + 1], answered.Sent.Select(text => text.Hops).Order());

        Assert.Single(TwimlTexts.Take(_come));
        Assert.Empty(TwimlTexts.Take(_come with { IsAutomatic = true }));
    }

    [Fact]
    public async Task Whoever_begins_again_after_a_crash_sends_nothing_twice()
    {
        var pages = new Dictionary<string, string> { ["/sms"] = "<Response><Message>One</Message><Message>Two</Message></Response>" };
        for (int i = 0; i < 2; i++) Assert.Equal(2, (await AnswerAsync(pages)).Sent.Count);
    }

    private async Task<Answered> AnswerAsync(Dictionary<string, string> pages, string method = "POST", string type = Xml,
        string? fallback = null)
    {
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            if (!pages.TryGetValue(received.Path, out string? page))
            {
                context.Response.StatusCode = 500;
                return Task.CompletedTask;
            }
            context.Response.ContentType = type;
            return page.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(page, Stop);
        });
        var store = _test.Database;
        var links = new DownloadLinks(store.Node, PublicLinks.Relative);
        var run = new TextRun(new(_egress, new DocumentRecords(store), new(store, _egress), links, store.Time), _come, new());
        var documents = new NumberTexts
        {
            Method = method, FallbackUrl = fallback is null ? null : sink.Url + fallback, FallbackMethod = "GET",
        };
        await run.AnswerAsync(documents, sink.Url + "/sms", Stop);
        var (sent, _) = await store.Texts.ListAsync(_come.Tenant, new() { Direction = Direction.Outbound, Limit = 100 }, Stop);
        return new(sink.Url, sent, sink.All, run.Warnings);
    }

    private static Dictionary<string, string> FieldsOf(string form) =>
        form.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=', 2))
            .ToDictionary(field => Uri.UnescapeDataString(field[0]), field => Uri.UnescapeDataString(field[1]));

    private sealed record Answered(string Server, IReadOnlyList<TextMessage> Sent, IReadOnlyList<Received> Asked,
        IReadOnlyList<TextWarning> Warnings);
}
