using Ringwright.Conversations.Models;
using Ringwright.Conversations.Spoken;

namespace Ringwright.Programs.Agents.Spoken;

/// <summary>
/// The way to a model that hears and speaks itself. Keys are read when they are needed, and go nowhere but into the request.
/// </summary>
/// <param name="folder">Where key files without a folder of their own are.</param>
internal sealed class SpokenLine(string folder, IAgentWeb web, IAgentSockets sockets, TimeProvider time)
{
    private const int MostBytes = 256 * 1024;
    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(10), UsualRest = TimeSpan.FromSeconds(1),
        LongestRest = TimeSpan.FromSeconds(5);

    /// <summary>A server that is busy, or not to be had, is asked once more: a caller waits.</summary>
    /// <param name="greeting">Said first, with variables filled in; empty for nothing, null for what the model likes.</param>
    /// <returns>No socket and why, as part of a sentence, when there is none.</returns>
    public async Task<(SpokenModel Model, IAgentSocket? Socket, string? Fault)> OpenAsync(ModelAgent agent,
        IReadOnlyDictionary<string, string> variables, string? greeting, CancellationToken stop)
    {
        var to = agent.Model;
        bool isUltravox = to.Speaks is SpeechProtocol.Ultravox;
        SpokenModel model = isUltravox ? new UltravoxModel()
            : new RealtimeModel(agent, variables, agent.Terms.ForHello is not null && greeting is { Length: > 0 } ? greeting : null);
        string? key = to.Key;
        if (key is null && to.KeyFile is { } file)
        {
            string? unread = null;
            key = await Task.Run(() => ModelKey.Read(Path.Combine(folder, file), out unread), stop);
            if (key is null) return (model, null, $"its key: {unread}");
        }
        for (bool isSecond = false; ; isSecond = true)
        {
            var (socket, fault, again) = isUltravox ? await CallAsync(to, key, UltravoxCall.Write(agent, variables, greeting), stop)
                : await ConnectAsync(to, key, stop);
            if (socket is not null || isSecond || again is not { } wait || wait > LongestRest) return (model, socket, fault);
            await Task.Delay(wait, time, stop);
        }
    }

    private async Task<(IAgentSocket? Socket, string? Fault, TimeSpan? Again)> ConnectAsync(ModelEndpoint to, string? key,
        CancellationToken stop)
    {
        var (socket, fault) = await sockets.OpenToModelAsync($"{SocketUrl(to.BaseUrl)}/realtime?model={Uri.EscapeDataString(to.Name)}",
            key is null ? [] : [new("Authorization", $"Bearer {key}")], stop);
        return (socket, fault, UsualRest);
    }

    private async Task<(IAgentSocket? Socket, string? Fault, TimeSpan? Again)> CallAsync(ModelEndpoint to, string? key,
        ReadOnlyMemory<byte> call, CancellationToken stop)
    {
        var answer = await web.SendAsync(new($"{to.BaseUrl}/api/calls", call)
        {
            Headers = key is null ? [] : [new("X-API-Key", key)], Timeout = Whole, MaxBytes = MostBytes, IsOperatorConfigured = true,
        }, stop);
        if (!answer.IsSuccess)
        {
            bool isBusy = answer is { Fault: null, Status: 429 or 503 } || answer.Status is null;
            return (null, KnownRefusals.FaultOf(answer), isBusy ? answer.RetryAfter ?? UsualRest : null);
        }
        if (UltravoxCall.JoinUrlOf(answer.Body) is not { } url) return (null, "it made a call, and did not say where", null);
        var (socket, fault) = await sockets.OpenToModelAsync(url, [], stop);
        return (socket, fault, null);
    }

    private static string SocketUrl(string url) =>
        url.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? string.Concat("ws", url.AsSpan("http".Length)) : url;
}
