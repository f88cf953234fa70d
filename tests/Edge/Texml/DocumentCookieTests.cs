using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>Sessions of the programs that answer with documents: kept by cookies, as a browser would send them back.</summary>
public sealed class DocumentCookieTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Theory]
    [InlineData(TwimlLanguage.Target, " PHPSESSID=a1 PHPSESSID=a1,step=2"), InlineData("", "  ")]
    public async Task What_a_server_sets_comes_back_with_the_calls_next_requests(string target, string cookies)
    {
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            context.Response.ContentType = "text/xml";
            if (received.Path == "/second")
            {
                (context.Response.StatusCode, context.Response.Headers.Location) = (302, "/third");
                context.Response.Headers.Append("Set-Cookie", "step=2");
                return Task.CompletedTask;
            }
            if (received.Path == "/voice")
            {
                context.Response.Headers.Append("Set-Cookie", "PHPSESSID=a1; path=/; HttpOnly");
                context.Response.Headers.Append("Set-Cookie", "other=3; domain=example.com");
                context.Response.Headers.Append("Set-Cookie", "=");
            }
            return context.Response.WriteAsync(received.Path == "/voice" ? "<Response><Redirect>/second</Redirect></Response>"
                : "<Response><Hangup/></Response>", TestContext.Current.CancellationToken);
        });
        // One call knows nothing of another's.
        foreach (int before in (int[])[0, 3])
        {
            await RunAsync(sink.Url, target);
            var asked = sink.All.Skip(before).ToList();
            Assert.Equal(["/voice", "/second", "/third"], asked.Select(one => one.Path));
            Assert.Equal(cookies, string.Join(' ', asked.Select(one => string.Join(',', CookiesOf(one)))));
        }

        static IEnumerable<string> CookiesOf(Received one) => (one.Headers.GetValueOrDefault("cookie") ?? "")
            .Split(';', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal);
    }

    private async Task RunAsync(string server, string target)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target) };
        var application = new Connection
        {
            Id = new(1), Tenant = call.Leg.Tenant, Kind = ConnectionKind.Document, Name = "desk", WebhookUrl = $"{server}/voice",
            WebhookMethod = "POST",
        };
        await DocumentProgram.RunAsync(rig.Open(call, application), isReplaced: false).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        call.End();
    }
}
