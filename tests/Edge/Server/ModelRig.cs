using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Lab.Models;
using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A node whose model is the lab's, which answers by rules, or another server in that form.</summary>
internal sealed class ModelRig : IAsyncDisposable
{
    public const string Key = "sk-of-the-model-1234";

    private readonly TempFolder _folder;
    private readonly RunningNode _node;
    private readonly LabModel? _model;

    private ModelRig(TempFolder folder, RunningNode node, LabModel? model) => (_folder, _node, _model) = (folder, node, model);

    public HttpClient Api => _node.Api;

    /// <summary>What the lab's model was asked, in order.</summary>
    public IReadOnlyList<JsonObject> Asked => _model!.Asked;        // only asked for with rules

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<ModelRig> ByRulesAsync(string rules)
    {
        var (read, fault) = ModelRules.Read(rules);
        Assert.Null(fault);
        var model = await LabModel.StartAsync(read!, new(IPAddress.Loopback, 0), Key, _ => { }, Stop);
        return await StartAsync(model.BaseUrl.ToString(), null, [], model);
    }

    /// <param name="name">Asked for whatever is named; null asks for what is named.</param>
    public static Task<ModelRig> AtAsync(string baseUrl, string? name = null, IReadOnlyList<(string Name, string Model)>? aliases = null) =>
        StartAsync(baseUrl, name, aliases ?? [], null);

    public Task<(HttpStatusCode Status, string Text)> PostAsync(string path, JsonObject? body = null) =>
        AskAsync(HttpMethod.Post, path, body);

    public async Task<(HttpStatusCode Status, string Text)> AskAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await Api.SendAsync(request, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>The answer of what must succeed.</summary>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        var (status, text) = await AskAsync(method, path, body);
        Assert.True((int)status is >= 200 and < 300, $"{(int)status} {text}");
        return JsonNode.Parse(text)!;
    }

    public async Task<string> MakeAsync(string path, JsonObject body) => (string)(await SendAsync(HttpMethod.Post, path, body))["id"]!;

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        if (_model is not null) await _model.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<ModelRig> StartAsync(string baseUrl, string? name, IReadOnlyList<(string Name, string Model)> aliases,
        LabModel? model)
    {
        var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("model.key"), Key + "\n", Stop);
        var node = await RunningNode.StartAsync(settings => settings with
        {
            Llm = new(baseUrl) { Model = name, Aliases = aliases, KeyFile = folder.File("model.key") },
        });
        return new(folder, node, model);
    }
}
