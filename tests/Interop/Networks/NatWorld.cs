using System.Diagnostics;
using System.Net;
using Ringwright.Testing;

namespace Ringwright.Interop.Networks;

/// <summary>
/// A network of its own with a telephone's place in it, behind a router that translates addresses (the kernel's NAT): the phone reaches the
/// test's side, nobody reaches the phone but by what the router remembers, and it forgets a way over UDP after a time of our choice.
/// </summary>
internal sealed class NatWorld : IDisposable
{
    private static int _count;

    private readonly string _router, _inner;

    private NatWorld(int index)
    {
        string id = $"{Environment.ProcessId}-{index}";
        (_router, _inner) = ($"rw-router-{id}", $"rw-home-{id}");
        Outer = $"rw{Environment.ProcessId % 100_000}x{index}";
        int net = 4 * (Environment.ProcessId % 8_000 + index);
        byte[] subnet = [198, 18, (byte)(net >> 8), (byte)net];
        (Node, Router) = (Host(subnet, 1), Host(subnet, 2));
    }

    /// <summary>The test's own address on the way to the router.</summary>
    public IPAddress Node { get; }

    /// <summary>What the node sees of the phone.</summary>
    public IPAddress Router { get; }

    /// <summary>The phone's own address, which nobody outside can use.</summary>
    public IPAddress Phone { get; } = IPAddress.Parse("10.99.0.2");

    /// <summary>What stands before the command of a program that is to run in the phone's place.</summary>
    public string[] Before => [Tool.Find("ip")!, "netns", "exec", _inner];      // required by Create

    private string Outer { get; }

    /// <summary>Skips the test where this user may make no networks.</summary>
    public static NatWorld Create(TimeSpan remembers)
    {
        Tool.Require("ip", "nft", "conntrack", "sysctl");
        var world = new NatWorld(Interlocked.Increment(ref _count));
        if (!world.TryBuild((int)remembers.TotalSeconds, out string trouble))
        {
            world.Dispose();
            // Not a tool that could be installed: containers have the kernel that they are given.
            Assert.Skip($"this user may not make networks: {trouble}");
        }
        return world;
    }

    /// <summary>The router forgets every way, and gives other ports from now on.</summary>
    public void Move()
    {
        Run(["netns", "exec", _router, "nft", "flush", "chain", "ip", "nat", "out"]);
        Run(["netns", "exec", _router, "nft", "add", "rule", "ip", "nat", "out", "oifname", "wan", "meta", "l4proto", "udp",
            "masquerade", "to", ":30000-39999", "random"]);
        Run(["netns", "exec", _router, "conntrack", "-F"]);
    }

    public void Dispose()
    {
        _ = TryRun(["netns", "delete", _inner], out _);
        _ = TryRun(["netns", "delete", _router], out _);
        _ = TryRun(["link", "delete", Outer], out _);
    }

    private bool TryBuild(int seconds, out string trouble)
    {
        string[][] steps =
        [
            ["netns", "add", _router],
            ["netns", "add", _inner],
            ["link", "add", Outer, "type", "veth", "peer", "name", "wan", "netns", _router],
            ["addr", "add", $"{Node}/30", "dev", Outer],
            ["link", "set", Outer, "up"],
            ["-n", _router, "addr", "add", $"{Router}/30", "dev", "wan"],
            ["-n", _router, "link", "set", "wan", "up"],
            ["-n", _router, "link", "add", "lan", "type", "veth", "peer", "name", "eth0", "netns", _inner],
            ["-n", _router, "addr", "add", "10.99.0.1/24", "dev", "lan"],
            ["-n", _router, "link", "set", "lan", "up"],
            ["-n", _inner, "addr", "add", $"{Phone}/24", "dev", "eth0"],
            ["-n", _inner, "link", "set", "lo", "up"],
            ["-n", _inner, "link", "set", "eth0", "up"],
            ["-n", _inner, "route", "add", "default", "via", "10.99.0.1"],
            ["netns", "exec", _router, "nft", "add", "table", "ip", "nat"],
            ["netns", "exec", _router, "nft", "add chain ip nat out { type nat hook postrouting priority 100; }"],
            ["netns", "exec", _router, "nft", "add", "rule", "ip", "nat", "out", "oifname", "wan", "masquerade"],
            ["netns", "exec", _router, "sysctl", "-qw", "net.ipv4.ip_forward=1", $"net.netfilter.nf_conntrack_udp_timeout={seconds}",
                $"net.netfilter.nf_conntrack_udp_timeout_stream={seconds}"],
        ];
        trouble = "";
        foreach (string[] step in steps)
            if (!TryRun(step, out trouble)) return false;
        return true;
    }

    private static IPAddress Host(byte[] subnet, byte host) => new([subnet[0], subnet[1], subnet[2], (byte)(subnet[3] + host)]);

    private static void Run(string[] arguments) =>
        Assert.True(TryRun(arguments, out string trouble), $"ip {string.Join(' ', arguments)}: {trouble}");

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
