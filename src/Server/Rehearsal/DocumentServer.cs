using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Ringwright.Http;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Rehearsal;

/// <summary>One request of the node for a document.</summary>
/// <param name="Path">Below the server.</param>
/// <param name="Form">All that was said of the call.</param>
internal sealed record AskedDocument(string Method, string Path, IReadOnlyList<KeyValuePair<string, string>> Form)
{
    public string? this[string name] => Form.FirstOrDefault(one => one.Key == name).Value;
}

/// <summary>
/// The web server of whoever wrote the document: serves it and its folder, tells what it is asked for, and takes what the caller hears.
/// </summary>
internal sealed class DocumentServer : IAsyncDisposable
{
    private const string SoundPath = "/-/sound";
    private const int MostMessage = 64 * 1024;
    private static readonly byte[] Nothing = "<Response/>"u8.ToArray();

    private readonly WebApplication _app;
    private readonly string _file;
    private readonly DocumentFolder _folder;
    private readonly ScriptLanguage _kind;
    private readonly ConcurrentDictionary<string, IReadOnlyList<ScriptWords>> _words = new(StringComparer.Ordinal);

    private DocumentServer(WebApplication app, string file, ScriptLanguage kind) =>
        (_app, _file, _folder, _kind) = (app, file, new(Path.GetDirectoryName(file)!, TimeProvider.System), kind);

    /// <summary>Called for each request; false when there was no such document.</summary>
    public required Action<AskedDocument, bool> Asked { get; init; }
    /// <summary>Called with each frame that the caller hears.</summary>
    public required Action<ReadOnlyMemory<byte>> Sound { get; init; }

    /// <summary>Where it listens.</summary>
    public Uri Root { get; private set; } = new("http://127.0.0.1");
    public string DocumentUrl => new Uri(Root, Uri.EscapeDataString(Path.GetFileName(_file))).AbsoluteUri;
    public string SoundUrl => $"ws://{Root.Authority}{SoundPath}";

    public static async Task<DocumentServer> StartAsync(string file, ScriptLanguage kind, Action<AskedDocument, bool> asked,
        Action<ReadOnlyMemory<byte>> sound, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var server = new DocumentServer(builder.Build(), Path.GetFullPath(file), kind) { Asked = asked, Sound = sound };
        server._app.UseWebSockets();
        server._app.UseRouting();
        server._app.MapGet(SoundPath, server.HearAsync);
        server._app.MapMethods("/{**path}", [HttpMethods.Get, HttpMethods.Post], server.GiveAsync);
        await server._app.StartAsync(stop);
        server.Root = new(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    /// <summary>What stands in the document that was served at this URL last.</summary>
    public IReadOnlyList<ScriptWords> WordsAt(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var at) && at.Authority == Root.Authority
            && _words.TryGetValue(Uri.UnescapeDataString(at.AbsolutePath).TrimStart('/'), out var words) ? words : [];

    private async Task GiveAsync(HttpContext http)
    {
        string path = (string?)http.GetRouteValue("path") ?? "";
        var said = http.Request.HasFormContentType ? (await http.Request.ReadFormAsync(http.RequestAborted)).AsEnumerable()
            : http.Request.Query;
        var asked = new AskedDocument(http.Request.Method, path,
            [.. said.Select(one => KeyValuePair.Create(one.Key, one.Value.ToString()))]);
        byte[]? document = await ReadAsync(path, http.RequestAborted);
        if (document is not null) _words[path] = _kind.WordsOf(document, asked.Form);
        Asked(asked.Method == HttpMethods.Get ? asked : asked with { Path = path + http.Request.QueryString }, document is not null);
        http.Response.ContentType = "application/xml";
        await http.Response.Body.WriteAsync(document ?? Nothing, http.RequestAborted);
    }

    /// <summary>Whatever the file is called, and its neighbours as a node would serve them.</summary>
    private async Task<byte[]?> ReadAsync(string path, CancellationToken stop)
    {
        if (path == Path.GetFileName(_file)) return File.Exists(_file) ? await File.ReadAllBytesAsync(_file, stop) : null;
        return await _folder.ReadAsync(path, stop) is { Problem: null } found ? found.Content.ToArray() : null;
    }

    private async Task HearAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest) return;
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[MostMessage];
        int length = 0;
        while (socket.State is WebSocketState.Open)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), http.RequestAborted);
            if (read.MessageType is WebSocketMessageType.Close) break;
            length += read.Count;
            if (!read.EndOfMessage) continue;
            var frame = JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, length));
            length = 0;
            if ((string?)frame?["event"] == "media" && (string?)frame["media"]?["payload"] is { } payload)
                Sound(Convert.FromBase64String(payload));
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
