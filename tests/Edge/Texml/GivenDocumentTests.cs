using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>Documents that come in a request, in place of what a call runs: they have no URL of their own.</summary>
public sealed class GivenDocumentTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    /// <summary>As programs of voice agents have a call listen that began at a URL of theirs.</summary>
    [Theory]
    [InlineData("action=\"/pressed?turn=2\"", "/pressed", "?turn=2"), InlineData("action=\"pressed\"", "/calls/pressed", "")]
    [InlineData("action=\"\"", "/calls/first", "?id=7"), InlineData("", "/calls/first", "?id=7")]
    public async Task Their_URLs_are_relative_to_the_document_that_ran_before(string action, string path, string query)
    {
        await using var sink = await Sink.StartAsync((_, context) =>
        {
            context.Response.ContentType = "text/xml";
            return context.Response.WriteAsync("<Response><Say>One.</Say></Response>", TestContext.Current.CancellationToken);
        });
        var scripted = new ScriptedCall
        {
            Application = new(ApplicationKind.Document, TwimlLanguage.Target), Presses = "1#",
            Order = DocumentOrder.OfText("2", $"<Response><Gather {action} method=\"POST\"/></Response>"),
        };
        var call = rig.Open(scripted);
        call.Base = new($"{sink.Url}/calls/first?id=7");
        await DocumentProgram.RunAsync(call, isReplaced: true).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var asked = Assert.Single(sink.All);
        Assert.Equal(("POST", path, query), (asked.Method, asked.Path, asked.Query));
        Assert.Contains("Digits=1", asked.Text, StringComparison.Ordinal);
        Assert.Equal("One.", Assert.Single(scripted.Commands.OfType<LegCommand.Speak>()).Speech.Text);
        Assert.Empty(scripted.Warnings);
    }
}
