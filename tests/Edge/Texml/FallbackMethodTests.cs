using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>How the fallback of an application is asked for, when its document does not come.</summary>
public sealed class FallbackMethodTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Theory]
    [InlineData("GET", null, "GET"), InlineData("GET", "POST", "POST"), InlineData("POST", "GET", "GET")]
    public async Task It_goes_by_its_own_method_and_else_by_that_of_the_document(string method, string? failover, string asked)
    {
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            bool isFallback = received.Path.StartsWith("/fallback", StringComparison.Ordinal);
            (context.Response.StatusCode, context.Response.ContentType) = (isFallback ? 200 : 500, "text/xml");
            return context.Response.WriteAsync("<Response><Hangup/></Response>", TestContext.Current.CancellationToken);
        });
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target) };
        var application = new Connection
        {
            Id = new(1), Tenant = call.Leg.Tenant, Kind = ConnectionKind.Document, Name = "desk", WebhookUrl = $"{sink.Url}/voice",
            WebhookMethod = method, WebhookFailoverUrl = $"{sink.Url}/fallback", WebhookFailoverMethod = failover,
        };
        await DocumentProgram.RunAsync(rig.Open(call, application), isReplaced: false).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        call.End();
        Assert.Equal([("/voice", method), ("/fallback", asked)], sink.All.Select(one => (one.Path, one.Method)));
    }
}
