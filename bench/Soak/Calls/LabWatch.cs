using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Soak.Faults;

namespace Ringwright.Bench.Soak.Calls;

/// <summary>
/// What the lab's people heard: they are the receiver that knows nothing of the node. And the phone calls that they make.
/// </summary>
internal sealed class LabWatch : IDisposable
{
    private readonly HttpClient _http;
    private readonly FaultLog _faults;
    private readonly SortedSet<long> _open = [];
    private readonly List<string> _problems = [];
    private long _seen;

    public LabWatch(string dataFolder, FaultLog faults)
    {
        _faults = faults;
        _http = new(SocketHttp.Handler(Path.Combine(dataFolder, "lab.sock")));
    }

    public long Received { get; private set; }
    /// <summary>Of well-behaved calls that no fault touched.</summary>
    public long Lost { get; private set; }
    public long Skipped { get; private set; }
    public long Sent { get; private set; }
    public int Calls { get; private set; }
    /// <summary>Calls of the people that have not ended.</summary>
    public int Open => _open.Count;
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>A lab that was started anew counts from 1 again.</summary>
    public void Forget()
    {
        _open.Clear();
        _seen = 0;
    }

    public async Task<bool> DialAsync(string from, string to, CancellationToken stop)
    {
        try
        {
            using var body = new StringContent(new JsonObject { ["from"] = from, ["to"] = to }.ToJsonString(),
                Encoding.UTF8, "application/json");
            using var answer = await _http.PostAsync(new Uri("http://lab/dial"), body, stop);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false;
        }
    }

    /// <summary>Reads on. A lab that is not there says nothing.</summary>
    public async Task LookAsync(CancellationToken stop)
    {
        JsonArray rows;
        long after = _open.Count > 0 ? _open.Min - 1 : _seen;
        try
        {
            // the lab always answers JSON
            rows = JsonNode.Parse(await _http.GetStringAsync(new Uri($"http://lab/calls?after={after}"), stop))!.AsArray();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return;
        }
        foreach (var row in rows) Take(row!.AsObject());
    }

    public void Dispose() => _http.Dispose();

    private void Take(JsonObject row)
    {
        long number = (long)row["number"]!;
        if (number <= _seen && !_open.Contains(number)) return;
        _seen = Math.Max(_seen, number);
        if (row["ended"] is null)
        {
            _open.Add(number);
            return;
        }
        _open.Remove(number);
        Calls++;
        Received += (long)row["packets_received"]!;
        Sent += (long)row["packets_sent"]!;
        string person = (string?)row["direction"] == "inbound" ? (string)row["to"]! : (string)row["from"]!;
        if (!Scripts.IsWellBehaved(person)) return;
        Skipped += (long)row["packets_skipped"]!;
        long lost = (long)row["packets_lost"]!;
        var startedAt = DateTimeOffset.Parse((string)row["started_at"]!, System.Globalization.CultureInfo.InvariantCulture);
        if (lost == 0 || _faults.Explains(FaultEffect.Calls, startedAt, DateTimeOffset.UtcNow)) return;
        Lost += lost;
        _problems.Add($"{startedAt:HH:mm:ss} {person} heard {row["packets_received"]} packets and missed {lost}");
    }
}
