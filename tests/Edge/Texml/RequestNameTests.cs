using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>Programs know by a header of its own whether a request for a document comes again, or another one says the same.</summary>
public sealed class RequestNameTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Theory, InlineData(TwimlLanguage.Target, true), InlineData("", false)]
    public async Task Each_request_for_a_document_of_TwiML_has_a_name_of_its_own(string target, bool hasNames)
    {
        int asked = 0;
        await using var sink = await Sink.StartAsync((_, context) =>
        {
            context.Response.ContentType = "text/xml";
            string verb = Interlocked.Increment(ref asked) < 3 ? "<Redirect>/voice</Redirect>" : "<Hangup/>";
            return context.Response.WriteAsync($"<Response>{verb}</Response>", TestContext.Current.CancellationToken);
        });
        var (account, _) = await rig.AccountAsync();
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target), Tenant = account };
        var application = new Connection
        {
            Id = new(1), Tenant = account, Kind = ConnectionKind.Document, Name = "desk", WebhookUrl = $"{sink.Url}/voice",
            WebhookMethod = "POST",
        };
        await DocumentProgram.RunAsync(rig.Open(call, application), isReplaced: false).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        call.End();

        Assert.Equal(3, sink.All.Count);
        var names = sink.All.Select(one => one.Headers.GetValueOrDefault("i-twilio-idempotency-token")).OfType<string>().ToList();
        Assert.Equal(hasNames ? 3 : 0, names.Count);
        Assert.Distinct(names);
    }
}
