using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>A sound, or a plain text, in place of a document: in TwiML it is heard, and the call ends with it.</summary>
public sealed class PlainAnswerTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private async Task<(ScriptedCall Call, string Url)> RunAsync(string type, string body, string target)
    {
        await using var sink = await Sink.StartAsync((_, context) =>
        {
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body, TestContext.Current.CancellationToken);
        });
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target) };
        var application = new Connection
        {
            Id = new(1), Tenant = call.Leg.Tenant, Kind = ConnectionKind.Document, Name = "desk", WebhookUrl = $"{sink.Url}/voice",
            WebhookMethod = "POST",
        };
        await DocumentProgram.RunAsync(rig.Open(call, application), isReplaced: false).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        call.End();
        return (call, application.WebhookUrl);
    }

    [Fact]
    public async Task A_sound_is_played()
    {
        var (call, url) = await RunAsync("audio/mpeg", "ID3", TwimlLanguage.Target);
        Assert.Equal(new PromptSource.Url(url), Assert.Single(call.Commands.OfType<LegCommand.Play>()).Source);
        Assert.Single(call.Commands.OfType<LegCommand.Hangup>());
        Assert.Empty(call.Warnings);
    }

    [Theory, InlineData("text/plain"), InlineData("text/plain; charset=utf-8")]
    public async Task A_plain_text_is_said(string type)
    {
        var (call, _) = await RunAsync(type, "Tom & Jerry are out.\n", TwimlLanguage.Target);
        Assert.Equal("Tom & Jerry are out.", Assert.Single(call.Commands.OfType<LegCommand.Speak>()).Speech.Text);
        Assert.Single(call.Commands.OfType<LegCommand.Hangup>());
        Assert.Empty(call.Warnings);
    }

    [Theory]
    [InlineData("text/plain", "Hello", ""), InlineData("audio/mpeg", "ID3", ""), InlineData("text/html", "Hello", TwimlLanguage.Target)]
    [InlineData("text/plain", "<Response><Say>Hello</Say>", TwimlLanguage.Target), InlineData("text/plain", " ", TwimlLanguage.Target)]
    public async Task Anything_else_that_is_no_document_ends_the_call_as_failed(string type, string body, string target)
    {
        var (call, _) = await RunAsync(type, body, target);
        Assert.DoesNotContain(call.Commands, command => command is LegCommand.Speak or LegCommand.Play);
        Assert.Equal(HangupCause.Internal, Assert.Single(call.Commands.OfType<LegCommand.Hangup>()).Cause);
        Assert.Single(call.Warnings);
    }
}
