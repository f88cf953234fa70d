using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Texml.Languages;

namespace Ringwright.Edge.Texml;

/// <summary>What who waits for a conference hears of the answer of its waitUrl.</summary>
public sealed class ConferenceWaitTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private async Task<(PromptSource? Heard, IReadOnlyList<string> Warnings)> WaitAsync(string type, string body)
    {
        await using var sink = await Sink.StartAsync((_, context) =>
        {
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body, TestContext.Current.CancellationToken);
        });
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target) };
        await rig.RunAsync($"<Response><Dial><Conference waitUrl=\"{sink.Url}/wait\">room</Conference></Dial></Response>", call);
        return (Assert.Single(call.Commands.OfType<LegCommand.CreateConference>()).HoldAudio, call.Warnings);
    }

    [Theory]
    [InlineData("text/xml", "<Response><Play>http://127.0.0.1:9/a.wav</Play><Play>http://127.0.0.1:9/b.wav</Play></Response>", "ab")]
    [InlineData("text/xml", "<Response><Play loop=\"2\">http://127.0.0.1:9/a.wav</Play><Say>hi</Say><Redirect/></Response>", "aahi")]
    [InlineData("text/xml", "<Response><Play>http://127.0.0.1:9/a.wav</Play><Play loop=\"0\">http://127.0.0.1:9/b.wav</Play>"
        + "<Say>never</Say></Response>", "ab")]
    [InlineData("text/uri-list", "http://127.0.0.1:9/a.wav\r\nhttp://127.0.0.1:9/b.wav\r\n", "ab")]
    public async Task Its_sounds_are_heard_one_after_the_other(string type, string body, string heard)
    {
        var (source, warnings) = await WaitAsync(type, body);
        Assert.Equal(heard, string.Concat(Assert.IsType<PromptSource.Sequence>(source).Parts.Select(part => part switch
        {
            PromptSource.Url url => url.Address[^5..^4],
            PromptSource.Speech speech => speech.Text,
            _ => "?",
        })));
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("<Say>hi</Say><Play loop=\"0\">http://127.0.0.1:9/b.wav</Play>", 1)]
    [InlineData("<Say loop=\"2\">hi</Say><Pause/><Play loop=\"0\">http://127.0.0.1:9/b.wav</Play><Say>never</Say>", 3)]
    [InlineData("<Say><break time=\"2s\"/></Say><Play loop=\"0\">http://127.0.0.1:9/b.wav</Play>", 1)]
    [InlineData("<Say>hi</Say><Play>http://127.0.0.1:9/b.wav</Play>", 0)]
    public async Task What_comes_before_a_sound_that_is_for_ever_is_heard_once(string verbs, int again)
    {
        var (source, warnings) = await WaitAsync("text/xml", $"<Response>{verbs}</Response>");
        var sequence = Assert.IsType<PromptSource.Sequence>(source);
        Assert.Equal(again, sequence.RepeatsFrom);
        Assert.Equal(new PromptSource.Url("http://127.0.0.1:9/b.wav"), sequence.Parts[^1]);
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task One_sound_that_is_repeated_is_that_one()
    {
        var (source, warnings) = await WaitAsync("text/xml", "<Response><Play loop=\"1000\">http://127.0.0.1:9/a.wav</Play></Response>");
        Assert.Equal(new PromptSource.Url("http://127.0.0.1:9/a.wav"), source);
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("<Gather/>", "Gather cannot be heard by who waits for a conference (line 1, column 12)")]
    [InlineData("<Say loop=\"99\">b</Say><Say>c</Say>",
        "of the waitUrl of a conference the first 100 sounds are heard (line 1, column 71)")]
    public async Task What_is_not_heard_is_told(string more, string warning)
    {
        bool isBefore = more.StartsWith("<Gather", StringComparison.Ordinal);
        const string play = "<Play>http://127.0.0.1:9/a.wav</Play>";
        var (_, warnings) = await WaitAsync("text/xml", $"<Response>{(isBefore ? more + play : play + more)}</Response>");
        Assert.Equal(warning, Assert.Single(warnings));
    }
}
