using System.Diagnostics;
using System.Net;
using Ringwright.Testing;

namespace Ringwright.Interop.Networks;

/// <summary>
/// Two places that see nothing of each other, each with a cable to the test's side: a LAN by IPv4 and a carrier by IPv6, or by IPv4 too.
/// </summary>
internal sealed class TwoNetworks : IDisposable
{
    private static int _count;

    private readonly string _lan, _far, _lanCable, _farCable;

    private TwoNetworks(int index, bool isVersion6)
    {
        string id = $"{Environment.ProcessId}-{index}";
        (_lan, _far) = ($"rw-lan-{id}", $"rw-far-{id}");
        (_lanCable, _farCable) = ($"rwl{Environment.ProcessId % 100_000}x{index}", $"rwf{Environment.ProcessId % 100_000}x{index}");
        int net = 4 * (Environment.ProcessId % 8_000 + index);
        (OnLan, Phone) = (Host(net, 1), Host(net, 2));
        (OnFar, Carrier) = isVersion6
            ? (IPAddress.Parse($"fd52:{net:x}::1"), IPAddress.Parse($"fd52:{net:x}::2"))
            : (Host(net + 32_000, 1), Host(net + 32_000, 2));
    }

    /// <summary>The node's addresses.</summary>
    public IPAddress OnLan { get; }
    public IPAddress OnFar { get; }

    public IPAddress Phone { get; }
    public IPAddress Carrier { get; }

    /// <summary>What stands before the command of a program that is to run there.</summary>
    public string[] BeforePhone => [Tool.Find("ip")!, "netns", "exec", _lan];      // required by Create
    public string[] BeforeCarrier => [Tool.Find("ip")!, "netns", "exec", _far];

    /// <summary>Skips the test where this user may make no networks.</summary>
    public static TwoNetworks Create(bool isVersion6)
    {
        Tool.Require("ip");
        var world = new TwoNetworks(Interlocked.Increment(ref _count), isVersion6);
        if (!world.TryBuild(out string trouble))
        {
            world.Dispose();
            // Not a tool that could be installed: containers have the kernel that they are given.
            Assert.Skip($"this user may not make networks: {trouble}");
        }
        return world;
    }

    public void Dispose()
    {
        foreach (string[] step in (string[][])[["netns", "delete", _lan], ["netns", "delete", _far], ["link", "delete", _lanCable],
            ["link", "delete", _farCable]])
            _ = TryRun(step, out _);
    }

    private bool TryBuild(out string trouble) =>
        TryJoin(_lan, _lanCable, OnLan, Phone, out trouble) && TryJoin(_far, _farCable, OnFar, Carrier, out trouble);

    private static bool TryJoin(string place, string cable, IPAddress here, IPAddress there, out string trouble)
    {
        bool isVersion6 = here.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6;
        string length = isVersion6 ? "/64" : "/30";
        string[] usable = isVersion6 ? ["nodad"] : [];       // at once
        string[][] steps =
        [
            ["netns", "add", place],
            ["link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", place],
            // Phones take the first address of their interface.
            ["-n", place, "link", "set", "eth0", "addrgenmode", "none"],
            ["addr", "add", here + length, "dev", cable, .. usable],
            ["-n", place, "addr", "add", there + length, "dev", "eth0", .. usable],
            ["link", "set", cable, "up"],
            ["-n", place, "link", "set", "lo", "up"],
            ["-n", place, "link", "set", "eth0", "up"],
        ];
        trouble = "";
        foreach (string[] step in steps)
            if (!TryRun(step, out trouble)) return false;
        return true;
    }

    private static IPAddress Host(int net, byte host) => new([198, 19, (byte)(net >> 8), (byte)((net & 0xFC) + host)]);

    private static bool TryRun(string[] arguments, out string trouble)
    {
        using var ip = Process.Start(new ProcessStartInfo(Tool.Find("ip")!, arguments)     // required by Create
        {
            RedirectStandardError = true, RedirectStandardOutput = true
        })!;
        trouble = ip.StandardError.ReadToEnd().Trim();
        ip.WaitForExit();
        return ip.ExitCode == 0;
    }
}
