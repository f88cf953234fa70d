using System.Net;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Edge.Egress;

/// <summary>Redirects as servers write them.</summary>
public sealed class RedirectTests
{
    private static readonly TargetPolicy Laptop = new() { IsLoopbackAllowed = true };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://a.example/x", "/y?b=%20", "http://a.example/y?b=%20")]
    [InlineData("http://a.example/x/z", "y", "http://a.example/x/y")]
    [InlineData("http://a.example/x", "https://b.example/y", "https://b.example/y")]
    [InlineData("https://a.example/x", "//b.example:8443/y", "https://b.example:8443/y")]
    [InlineData("http://ann:secret@a.example/x", "/x/", "http://ann:secret@a.example/x/")]
    [InlineData("http://ann:secret@a.example/x", "http://a.example/x/", "http://ann:secret@a.example/x/")]
    [InlineData("http://ann%40b:se%3Acret@a.example/x", "http://A.example:80/x/", "http://ann%40b:se%3Acret@a.example/x/")]
    [InlineData("http://ann:secret@a.example/x", "https://a.example/x", "https://ann:secret@a.example/x")]
    [InlineData("http://ann:secret@a.example/x", "http://bob@a.example/x", "http://bob@a.example/x")]
    [InlineData("https://ann:secret@a.example/x", "http://a.example/x", "http://a.example/x")]
    [InlineData("http://ann:secret@a.example/x", "https://a.example:8443/x", "https://a.example:8443/x")]
    [InlineData("http://ann:secret@a.example/x", "http://a.example:8080/x", "http://a.example:8080/x")]
    [InlineData("http://ann:secret@a.example/x", "http://www.a.example/x", "http://www.a.example/x")]
    [InlineData("http://ann:secret@a.example/x", "//b.example/x", "http://b.example/x")]
    public void The_user_of_the_url_stays_with_its_server(string from, string location, string expected)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.MovedPermanently);
        Assert.True(response.Headers.TryAddWithoutValidation("Location", location));
        Assert.Equal(expected, RedirectTargets.Of(response, new(from)));
    }

    [Theory, InlineData(200, "/y"), InlineData(304, "/y"), InlineData(302, null)]
    public void What_sends_nowhere_is_an_answer(int status, string? location)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        if (location is not null) response.Headers.TryAddWithoutValidation("Location", location);
        Assert.Null(RedirectTargets.Of(response, new("http://a.example/x")));
    }

    [Fact]
    public async Task A_slash_that_was_missing_costs_nobody_his_password()
    {
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            if (!received.Headers.ContainsKey("authorization")) context.Response.StatusCode = 401;
            else if (received.Path == "/voice") context.Response.Redirect($"http://{context.Request.Host}/voice/");
            return Task.CompletedTask;
        });
        using var client = new EgressClient(Laptop, TimeProvider.System);
        string url = sink.Url.Replace("http://", "http://ann:secret@", StringComparison.Ordinal);
        var result = await client.SendAsync(new() { Url = $"{url}/voice", Use = TargetUse.Document, MaxRedirects = 1 }, Stop);
        Assert.Equal((EgressFailure.None, $"{url}/voice/"), (result.Failure, result.Url));
        Assert.Equal(["/voice", "/voice/"], sink.All.Select(received => received.Path));
    }
}
