using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Egress;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;
using Ringwright.Texml.Twiml;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Edge.Texml;

/// <summary>What is asked by GET has its parameters in the URL alone: that is signed, and no body goes with it.</summary>
public sealed class GetSignatureTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Theory, InlineData("GET", ""), InlineData("GET", "?shop=1&name=a%20b"), InlineData("POST", "?shop=1")]
    public async Task A_checker_that_sees_the_URL_and_the_form_believes_the_request(string method, string query)
    {
        await using var sink = await Sink.StartAsync((_, context) =>
        {
            context.Response.ContentType = "text/xml";
            return context.Response.WriteAsync("<Response><Hangup/></Response>", TestContext.Current.CancellationToken);
        });
        var (account, token) = await rig.AccountAsync();
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target), Tenant = account };
        var application = new Connection
        {
            Id = new(1), Tenant = account, Kind = ConnectionKind.Document, Name = "desk", WebhookUrl = $"{sink.Url}/voice{query}",
            WebhookMethod = method,
        };
        await DocumentProgram.RunAsync(rig.Open(call, application), isReplaced: false).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        call.End();

        var asked = Assert.Single(sink.All);
        Assert.Equal(method, asked.Method);
        Assert.Contains("CallSid=", method is "GET" ? asked.Query : asked.Text);
        // As the SDKs' validators go about it: the whole URL, then the fields of the form, if there is one.
        Assert.Equal(TwimlSignature.Sign(token, sink.Url + asked.Path + asked.Query, FormOf(asked)), asked["x-twilio-signature"]);
        if (method is "GET") Assert.DoesNotContain(asked.Headers.Keys, name => name is "content-length" or "content-type");
    }

    [Theory, InlineData("GET", "{}", false), InlineData("POST", null, false), InlineData("POST", "{}", true)]
    public void A_request_of_a_flow_has_a_body_where_one_is_said_and_it_is_no_GET(string method, string? body, bool hasBody) =>
        Assert.Equal(hasBody,
            FlowRequests.Request("https://a.example/", TargetUse.Document, method, body, "application/json").Body is not null);

    private static IEnumerable<KeyValuePair<string, string>> FormOf(Received asked) =>
        asked.Text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=', 2))
            .Select(field => new KeyValuePair<string, string>(Uri.UnescapeDataString(field[0]), Uri.UnescapeDataString(field[1])));
}
