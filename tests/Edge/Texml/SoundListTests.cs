using System.Text;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>What a waitUrl may answer with in place of a document.</summary>
public sealed class SoundListTests
{
    [Theory]
    [InlineData("text/uri-list", "https://a.example/1.wav\r\nhttp://a.example/2.wav\r\n", "https://a.example/1.wav http://a.example/2.wav")]
    [InlineData("Text/URI-List; charset=utf-8", "# music\r\n\r\n  /music/a.wav  \n#http://example.com/b.mp3", "/music/a.wav")]
    public async Task A_list_of_sounds_is_each_of_them_played(string type, string body, string played)
    {
        var fetched = await FetchAsync(type, body);
        Assert.Null(fetched.Problem);
        Assert.All(fetched.Root!.Children, sound => Assert.Equal("Play", sound.Name));
        Assert.Equal(played, string.Join(' ', fetched.Root.Children.Select(sound => sound.Text)));
    }

    [Theory]
    [InlineData("text/uri-list", "# nothing\r\n", "It lists no sounds. (line 1, column 1)")]
    [InlineData("text/uri-list", "", "It lists no sounds. (line 1, column 1)")]
    public async Task One_without_any_is_told(string type, string body, string problem)
    {
        var fetched = await FetchAsync(type, body);
        Assert.Equal((DocumentFetch.NoDocument, problem), (fetched.Code, fetched.Problem));
    }

    [Fact]
    public async Task One_has_no_more_sounds_than_a_document_elements()
    {
        Assert.Equal(2_000, (await FetchAsync("text/uri-list", ManyOf(2_000))).Root!.Children.Count);
        Assert.Equal("It lists more than 2000 sounds. (line 2001, column 1)", (await FetchAsync("text/uri-list", ManyOf(2_001))).Problem);

        static string ManyOf(int sounds) => string.Concat(Enumerable.Repeat("/a\n", sounds));
    }

    private static ValueTask<Fetched> FetchAsync(string type, string body)
    {
        // What is literal asks for no secrets.
        var secrets = new SecretReader(null!, new(Guid.NewGuid())) { IsLiteral = true };
        return DocumentFetch.FetchAsync(new Answering(type, body), new(Guid.NewGuid()), DocumentRig.Nobody, "GET", [], secrets, token: null,
            cookies: null, TestContext.Current.CancellationToken);
    }

    private sealed class Answering(string type, string body) : IEgress
    {
        public UrlVerdict CheckUrl(string url, TargetUse use) => UrlVerdict.Allowed;

        public ValueTask<EgressResult> SendAsync(EgressRequest request, CancellationToken stop) => new(new EgressResult
        {
            Failure = EgressFailure.None, Status = 200, ContentType = type, Body = Encoding.UTF8.GetBytes(body), Url = request.Url,
        });
    }
}
