using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Testing;
using Xunit.Sdk;

namespace Ringwright.Interop.Beside;

/// <summary>
/// A real browser without a screen, with one page, commanded by the DevTools protocol. Every host but this machine is nowhere; what its
/// console says of errors, refused scripts and styles among them, is kept.
/// </summary>
internal sealed partial class Chromium : IAsyncDisposable
{
    /// <summary>Every browser asks for an icon; the one picture that Redoc has elsewhere is refused (ADR 183).</summary>
    private static readonly string[] Known = ["/favicon.ico", "https://cdn.redoc.ly/redoc/logo-mini.svg"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Daemon _process;
    private readonly ClientWebSocket _page = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _asked = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly CancellationTokenSource _end = new();
    private Task _hearing = Task.CompletedTask;
    private int _last;

    private Chromium(Daemon process) => _process = process;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What went wrong on its pages.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public static async Task<Chromium> StartAsync()
    {
        Tool.Require("chromium");
        var folder = new TempFolder();
        var browser = new Chromium(new Daemon(folder, "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--disable-dev-shm-usage", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--remote-debugging-port=0", "--user-data-dir=" + folder.File("profile"), "about:blank"));
        var at = await Eventually.SomeAsync(() => new ValueTask<Uri?>(Listening().Match(browser._process.Output) is { Success: true } found
            ? new Uri($"http://{found.Groups[1].Value}") : null), () => $"the browser listens\n{browser._process.Output}");
        using var http = new HttpClient { BaseAddress = at };
        var page = await Eventually.SomeAsync(async () => JsonNode.Parse(await http.GetStringAsync("/json/list", Stop))!.AsArray()
            .FirstOrDefault(one => (string?)one!["type"] is "page"), "it has a page");
        await browser._page.ConnectAsync(new((string)page["webSocketDebuggerUrl"]!), Stop);
        browser._hearing = browser.HearAsync();
        foreach (string domain in new[] { "Page", "Runtime", "Log", "DOM" }) await browser.AskAsync(domain + ".enable");
        return browser;
    }

    /// <summary>Opens an address, and waits until what it leads to is loaded.</summary>
    public async Task GoAsync(Uri address)
    {
        await AskAsync("Page.navigate", new() { ["url"] = address.AbsoluteUri });
        await UntilAsync("document.readyState === 'complete'");
    }

    /// <summary>The value of an expression; null where it cannot be said in JSON.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var said = await AskAsync("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true });
        Assert.True(said["exceptionDetails"] is null, $"{expression}: {said["exceptionDetails"]}");
        return said["result"]!["value"];
    }

    public async Task<string> TextAsync() => (string?)await EvaluateAsync("document.body?.innerText") ?? "";

    /// <summary>Waits until the expression is true, on this page or on one that comes after it.</summary>
    public async Task UntilAsync(string expression)
    {
        try
        {
            await Eventually.SomeAsync(async () => (await EvaluateAsync($"!!({expression})"))?.GetValue<bool>() is true ? "yes" : null,
                () => $"{expression}\n{string.Join('\n', _faults)}", Patience);
        }
        catch (XunitException failed)
        {
            // Only now: a page of a thousand operations is laid out anew each time that somebody asks for its text.
            Assert.Fail($"{failed.Message}\n{await TextAsync()}");
        }
    }

    public Task FillAsync(string selector, string value) =>
        EvaluateAsync($"document.querySelector({Quoted(selector)}).value = {Quoted(value)}");

    public Task ClickAsync(string selector) => EvaluateAsync($"void document.querySelector({Quoted(selector)}).click()");

    /// <summary>Numbers of nodes end when a page has come whole; what a script holds does not.</summary>
    public async Task ChooseFileAsync(string selector, string path)
    {
        await UntilAsync("document.readyState === 'complete'");
        var input = await AskAsync("Runtime.evaluate", new() { ["expression"] = $"document.querySelector({Quoted(selector)})" });
        await AskAsync("DOM.setFileInputFiles",
            new() { ["objectId"] = input["result"]!["objectId"]!.DeepClone(), ["files"] = new JsonArray(path) });
    }

    /// <summary>
    /// The page as a PNG, in the width of a desk and of a hand; kept in the folder that <c>RINGWRIGHT_PICTURES</c> names, to be looked at.
    /// </summary>
    public async Task PictureAsync(string name)
    {
        foreach (int width in new[] { 1440, 390 })
        {
            await AskAsync("Emulation.setDeviceMetricsOverride",
                new() { ["width"] = width, ["height"] = 1000, ["deviceScaleFactor"] = 1, ["mobile"] = false });
            // Nothing stands beyond the edge of a hand's screen.
            Assert.InRange((int)(await EvaluateAsync("document.documentElement.scrollWidth"))!, 1, width);
            byte[] picture = Convert.FromBase64String((string)(await AskAsync("Page.captureScreenshot"))["data"]!);
            Assert.True(picture.AsSpan(1).StartsWith("PNG"u8) && picture.Length > 5_000, $"{name} at {width}: {picture.Length} bytes");
            if (Environment.GetEnvironmentVariable("RINGWRIGHT_PICTURES") is { Length: > 0 } kept)
                await File.WriteAllBytesAsync(Path.Combine(kept, $"{name}-{width}.png"), picture, Stop);
        }
        await AskAsync("Emulation.clearDeviceMetricsOverride");
    }

    private async Task<JsonNode> AskAsync(string method, JsonObject? parameters = null)
    {
        int id = Interlocked.Increment(ref _last);
        var answer = _asked[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var command = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        await _sending.WaitAsync(Stop);
        try
        {
            await _page.SendAsync(System.Text.Encoding.UTF8.GetBytes(command.ToJsonString()), WebSocketMessageType.Text, true, Stop);
        }
        finally
        {
            _sending.Release();
        }
        var said = await answer.Task.WaitAsync(Patience, Stop);
        Assert.True(said["error"] is null, $"{method}: {said["error"]}");
        return said["result"]!;
    }

    private async Task HearAsync()
    {
        byte[] buffer = new byte[65_536];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var got = await _page.ReceiveAsync(buffer, _end.Token);
                if (got.MessageType is WebSocketMessageType.Close) break;
                message.Write(buffer, 0, got.Count);
                if (!got.EndOfMessage) continue;
                Take(JsonNode.Parse(message.ToArray())!);
                message.SetLength(0);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or WebSocketException) { /* it is ended */ }
    }

    private void Take(JsonNode said)
    {
        if (said["id"] is { } id && _asked.TryRemove((int)id, out var answer)) answer.TrySetResult(said);
        else if ((string?)said["method"] is "Runtime.exceptionThrown"
            || (string?)said["method"] is "Log.entryAdded" && (string?)said["params"]!["entry"]!["level"] is "error")
        {
            string fault = said["params"]!.ToJsonString();
            if (!Known.Any(known => fault.Contains(known, StringComparison.Ordinal))) _faults.Enqueue(fault);
        }
    }

    private static string Quoted(string text) => JsonValue.Create(text).ToJsonString();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _hearing;
        _page.Dispose();
        await _process.DisposeAsync();
        _sending.Dispose();
        _end.Dispose();
    }

    [GeneratedRegex("DevTools listening on ws://([0-9.:]+)/")]
    private static partial Regex Listening();
}
