using Ringwright.Testing;

namespace Ringwright.Interop.Beside;

/// <summary>The node's own pages in a real browser, which fetches nothing from anywhere else.</summary>
[Depth("the gate has what the pages consist of; a browser shows what becomes of it")]
public sealed class BrowserTests(RunningNode node) : IClassFixture<RunningNode>
{
    private const string Browser = "chromium";

    [Theory]
    [InlineData("/", "The agency&#39;s back office", "The agency's back office")]
    [InlineData("/reference/telnyx", "Dial", "call_control_id")]
    [InlineData("/reference/telefonie", "X-API-Key", "/voice/calls")]
    public async Task A_page_shows_what_it_is_for(string path, params string[] shown)
    {
        Tool.Require(Browser);
        using var folder = new TempFolder();
        var (_, document) = await RunAsync(folder, path, "--dump-dom");
        Assert.Contains(shown, words => document.Contains(words, StringComparison.Ordinal));
        Assert.DoesNotContain("Something went wrong", document, StringComparison.Ordinal);
        foreach (int width in new[] { 1440, 390 })
        {
            string picture = folder.File($"{width}.png");
            var (_, said) = await RunAsync(folder, path, "--screenshot=" + picture, $"--window-size={width},1000");
            Assert.True(File.Exists(picture) && new FileInfo(picture).Length > 10_000, said);
            if (Environment.GetEnvironmentVariable("RINGWRIGHT_PICTURES") is { Length: > 0 } kept)
                File.Copy(picture, Path.Combine(kept, $"{path.Trim('/').Replace('/', '-')}-{width}.png"), overwrite: true);
        }
    }

    /// <summary>Whatever it would fetch from another host fails.</summary>
    private Task<(int Status, string Text)> RunAsync(TempFolder folder, string path, params string[] what) => Daemon.RunAsync(Browser,
    [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--timeout=20000",
        "--virtual-time-budget=15000", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--user-data-dir=" + folder.File("profile"),
        .. what, new Uri(node.Api, path).AbsoluteUri,
    ]);
}
