using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Egress;
using Ringwright.Texml;
using Ringwright.Texml.Twiml;

namespace Ringwright.Edge.Texml;

/// <summary>Documents of holdUrl, waitUrl and announceUrl of requests that lead on, as those of hold music do at their end.</summary>
public sealed class HeldDocumentTests
{
    [Theory]
    [InlineData("<Play>/a.wav</Play><Redirect/>", "a"), InlineData("<Play>/a.wav</Play><Redirect>/hold</Redirect>", "a")]
    [InlineData("<Redirect method=\"GET\">/more</Redirect>", "b"), InlineData("<Play>/a.wav</Play><Redirect>more</Redirect>", "ab")]
    public async Task One_that_begins_again_is_heard_once_as_it_is(string document, string heard)
    {
        var sounds = await ReadAsync(document);
        Assert.Null(sounds.Problem);
        Assert.Equal(heard, string.Concat(sounds.Sounds.Select(sound => ((PromptSource.Url)sound.Source).Address[^5])));
    }

    [Fact]
    public async Task One_that_only_leads_to_itself_gives_nothing_to_hear()
    {
        var sounds = await ReadAsync("<Redirect/>");
        Assert.Empty(sounds.Sounds);
        Assert.StartsWith("it leads from document to document", sounds.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_of_the_account_is_heard_from_where_it_is_kept()
    {
        var (account, recording) = (new TenantId(Guid.NewGuid()), Guid.NewGuid());
        var sounds = await ReadAsync(
            $"<Play>/2010-04-01/Accounts/{TwimlSids.Account(account)}/Recordings/{TwimlSids.Recording(recording)}.mp3</Play>", account);
        Assert.Equal(new PromptSource.Recording(recording), Assert.Single(sounds.Sounds).Source);
    }

    [Fact]
    public async Task Nobody_is_asked_for_a_recording_of_the_account()
    {
        await using var store = await TestDatabase.OpenAsync();
        using EgressClient egress = new(new(), TimeProvider.System);
        var reader = new DocumentSoundReader(egress, store.Database);
        var (account, stranger, recording) = (new TenantId(Guid.NewGuid()), new TenantId(Guid.NewGuid()), Guid.NewGuid());
        string twiml = $"http://10.0.0.1/2010-04-01/Accounts/{TwimlSids.Account(account)}/Recordings/{TwimlSids.Recording(recording)}";
        string texml = $"/recordings/{account}/{recording}/call.mp3?expires=1&signature=x";
        foreach (var (url, isTwiml) in new[] { (twiml, true), (texml, false) })
        {
            var asked = new SoundsAsked(account, url, "POST", []) { IsTwiml = isTwiml };
            var sounds = await reader.ReadAsync(asked, TestContext.Current.CancellationToken);
            Assert.Equal(new DocumentSound(new PromptSource.Recording(recording), 1), Assert.Single(sounds.Sounds));
        }
        Assert.True(reader.IsKept(account, texml));
        Assert.False(reader.IsKept(stranger, texml));
        Assert.False(reader.IsKept(account, "https://example.com/hold"));
    }

    private static async Task<DocumentSounds> ReadAsync(string document, TenantId? account = null)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var store = await TestDatabase.OpenAsync();
        using EgressClient egress = new(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            context.Response.ContentType = "text/xml";
            string verbs = received.Path == "/more" ? "<Play>/b.wav</Play><Redirect>/hold</Redirect>" : document;
            return context.Response.WriteAsync($"<Response>{verbs}</Response>", stop);
        });
        var asked = new SoundsAsked(account ?? new TenantId(Guid.NewGuid()), $"{sink.Url}/hold", "POST", []) { IsTwiml = true };
        return await new DocumentSoundReader(egress, store.Database).ReadAsync(asked, stop);
    }
}
