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

    /// <summary>As bins of the vendor's have them, which fill them in; here braces of TwiML are braces.</summary>
    [Theory]
    [InlineData("<Gather timeout=\"{{wait}}\" numDigits=\"{{digits}}\"/>", 2), InlineData("<Pause length=\"{{wait}}\"/>", 1)]
    [InlineData("<Dial timeout=\"{{wait}}\" timeLimit=\"{{most}}\" record=\"{{yes}}\">+15550100001</Dial>", 4)]
    [InlineData("<Dial><Number machineDetection=\"Enable\" machineDetectionTimeout=\"{{most}}\">+15550100001</Number></Dial>", 2)]
    public async Task Braces_where_a_number_belongs_are_a_warning_and_the_usual_holds(string verb, int warnings)
    {
        var scripted = new ScriptedCall
        {
            Application = new(ApplicationKind.Document, TwimlLanguage.Target),
            Order = DocumentOrder.OfText("2", $"<Response>{verb}<Say>On it goes.</Say></Response>"),
        };
        await DocumentProgram.RunAsync(rig.Open(scripted), isReplaced: true).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal("On it goes.", Assert.Single(scripted.Commands.OfType<LegCommand.Speak>()).Speech.Text);
        Assert.Equal(warnings, scripted.Warnings.Count);
        Assert.DoesNotContain(scripted.Dials, dial => dial.Record is not null);
    }
}
