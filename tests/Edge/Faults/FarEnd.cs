using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Ringwright.Edge.Faults;

/// <summary>Never answers; knows for each user which calls came, by their Call-ID.</summary>
internal sealed partial class FarEnd : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));

    public FarEnd() => _ = Task.Run(HearAsync);

    public ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> Calls { get; } = new();

    public IPEndPoint Place => (IPEndPoint)_socket.Client.LocalEndPoint!;      // it is bound

    public string Uri(string user) => $"sip:{user}@{_socket.Client.LocalEndPoint}";

    /// <summary>Users with such a beginning that a call came for.</summary>
    public int Count(string beginning) => Calls.Keys.Count(user => user.StartsWith(beginning, StringComparison.Ordinal));

    public void Dispose() => _socket.Dispose();

    private async Task HearAsync()
    {
        try
        {
            while (true)
            {
                string text = Encoding.UTF8.GetString((await _socket.ReceiveAsync(TestContext.Current.CancellationToken)).Buffer);
                if (Invite().Match(text) is not { Success: true } invite) continue;
                Calls.GetOrAdd(invite.Groups["user"].Value, _ => new())[CallId().Match(text).Groups["id"].Value] = true;
            }
        }
        catch (Exception gone) when (gone is ObjectDisposedException or SocketException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    [GeneratedRegex(@"^INVITE sip:(?<user>[^@]+)@")]
    private static partial Regex Invite();

    [GeneratedRegex(@"^(Call-ID|i): *(?<id>\S+)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex CallId();
}
