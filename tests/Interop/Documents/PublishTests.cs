using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Documents;

/// <summary>What <c>./ringwright publish</c> makes: of a program that is none, and of the one that was built.</summary>
public sealed class PublishTests : IDisposable
{
    /// <summary>Some of what is called is on root's path alone.</summary>
    private const string RootsPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_archive_has_the_program_and_its_runtime_and_nothing_of_other_machines()
    {
        string output = await PublishNothingAsync();
        var (_, list) = await RunAsync("tar", "-tzf", Archive(output));
        var files = list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.IndexOf('/') + 1)..])
            .ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string>
        {
            "bin/ringwright", "app/ringwright.dll", $"app/runtimes/linux-{Machine}/native/libe_sqlite3.so", "dotnet/dotnet",
            "dotnet/host/fxr/10.0.9/lib.so", "dotnet/shared/Microsoft.NETCore.App/10.0.9/lib.so",
            "dotnet/shared/Microsoft.AspNetCore.App/10.0.9/lib.so", "docs/how-to/install.md", "deploy/systemd/ringwright.service",
            "examples/node/line.js", "LICENSE",
        }, files);
        // Of what lies beside the sources nothing comes along.
        Assert.DoesNotContain(files, file => Path.GetFileName(file).StartsWith('.'));
        Assert.DoesNotContain(files, file => file.EndsWith(".pdb", StringComparison.Ordinal)
            || file.Contains("linux-other", StringComparison.Ordinal) || file.Contains("10.0.8", StringComparison.Ordinal));
    }

    [Fact, Depth("the gate packs a release once")]
    public async Task The_same_sources_make_the_same_archive()
    {
        byte[] first = await File.ReadAllBytesAsync(Archive(await PublishNothingAsync("one")), Stop);
        byte[] second = await File.ReadAllBytesAsync(Archive(await PublishNothingAsync("two")), Stop);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task A_tagged_commit_is_released_as_the_version_of_its_tag()
    {
        string sources = _folder.File("sources");
        Directory.CreateDirectory(sources);
        await File.WriteAllTextAsync(Path.Combine(sources, "Directory.Build.props"), "<Version>1.2.3</Version>\n", Stop);
        foreach (string[] step in new string[][]
            {
                ["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "one"],
                ["tag", "v1.2.4"],
            })
            Assert.Equal((0, ""), await RunAsync("git", ["-C", sources, .. step]));
        var (status, text) = await RunAsync("sh", Repository.PathOf("tools", "Publish", "publish"), sources, "none", "none", "10", "out");
        Assert.Equal((2, "ringwright: this commit is tagged v1.2.4, and Directory.Build.props says version 1.2.3\n"), (status, text));
        Assert.Equal((0, ""), await RunAsync("git", "-C", sources, "tag", "v1.2.3"));
        (_, text) = await RunAsync("sh", Repository.PathOf("tools", "Publish", "publish"), sources, "none", "none", "10", "out");
        Assert.Equal("ringwright: there is no none/ringwright.dll\n", text);
    }

    [Fact]
    public async Task The_script_starts_the_program_with_the_runtime_beside_it_and_knows_the_packages_data()
    {
        string output = await PublishNothingAsync();
        await RunAsync("tar", "-xzf", Archive(output), "-C", output);
        string home = Directory.GetDirectories(output).Single();
        string link = _folder.File("linked");
        File.CreateSymbolicLink(link, Path.Combine(home, "bin", "ringwright"));
        Assert.Equal($"{home}/app/ringwright.dll doctor --help of none\n", (await RunAsync("sh", link, "doctor", "--help")).Text);
        await File.WriteAllTextAsync(Path.Combine(home, "data-folder"), "/var/lib/ringwright\n", Stop);
        Assert.Equal($"{home}/app/ringwright.dll serve of /var/lib/ringwright\n", (await RunAsync("sh", link, "serve")).Text);
    }

    [Fact]
    public async Task The_Debian_package_has_a_unit_settings_that_are_kept_and_no_file_of_anybodys()
    {
        Tool.Require("dpkg-deb");
        string package = Directory.GetFiles(await PublishNothingAsync(), "*.deb").Single();
        var (_, facts) = await RunAsync("dpkg-deb", "--field", package);
        Assert.Contains("Package: ringwright\n", facts, StringComparison.Ordinal);
        Assert.DoesNotContain('@', facts.Replace("maintainers@", "", StringComparison.Ordinal));
        var (_, files) = await RunAsync("dpkg-deb", "--contents", package);
        Assert.Matches(@"(?m)^-rw-r----- root/root .* \./etc/ringwright/ringwright\.env$", files);
        Assert.Matches(@"(?m)^-rwxr-xr-x root/root .* \./usr/lib/ringwright/bin/ringwright$", files);
        Assert.Contains("./usr/bin/ringwright -> ../lib/ringwright/bin/ringwright", files, StringComparison.Ordinal);
        Assert.Contains("./usr/lib/systemd/system/ringwright.service", files, StringComparison.Ordinal);
        Assert.All(files.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Contains(" root/root ", line, StringComparison.Ordinal));
        string control = _folder.File("control");
        await RunAsync("dpkg-deb", "--control", package, control);
        Assert.Equal("/etc/ringwright/ringwright.env\n", await File.ReadAllTextAsync(Path.Combine(control, "conffiles"), Stop));
        foreach (string script in new[] { "postinst", "prerm", "postrm" })
            Assert.Equal((0, ""), await RunAsync("sh", "-n", Path.Combine(control, script)));
    }

    /// <summary>One that is tried again every two seconds, for its settings are wrong, counts as running.</summary>
    [Theory]
    [InlineData("active", "upgrade", "stop ringwright.service", true)]
    [InlineData("activating", "upgrade", "stop ringwright.service", true)]
    [InlineData("activating", "remove", "stop ringwright.service,disable --quiet ringwright.service", true)]
    [InlineData("deactivating", "upgrade", "stop ringwright.service", false)]
    [InlineData("failed", "remove", "disable --quiet ringwright.service", false)]
    public async Task What_runs_is_stopped_before_its_files_are_replaced(string state, string asked, string done, bool isNoted)
    {
        var (status, text) = await RunScriptAsync("prerm", asked,
            $"if [ $1 = is-active ]; then echo {state}; [ {state} = active ]; exit; fi");
        Assert.Equal((0, done.Replace(',', '\n') + "\n"), (status, text));
        Assert.Equal(isNoted, File.Exists(_folder.File("run/ringwright.restart")));
    }

    [Fact]
    public async Task A_service_that_does_not_start_again_leaves_its_package_installed()
    {
        Directory.CreateDirectory(_folder.File("run"));
        await File.WriteAllTextAsync(_folder.File("run/ringwright.restart"), "", Stop);
        var (status, text) = await RunScriptAsync("postinst", "abort-upgrade", "if [ $1 = start ]; then exit 1; fi");
        Assert.Equal(0, status);
        Assert.StartsWith("daemon-reload\n", text, StringComparison.Ordinal);
        Assert.Contains("it did not start", text, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("run/ringwright.restart")));
    }

    /// <summary>A script of the package, with a folder of its own for /run, and a systemctl that says what else it is asked.</summary>
    private async Task<(int Status, string Text)> RunScriptAsync(string name, string asked, string first)
    {
        string run = _folder.File("run"), bin = _folder.File("bin"), script = _folder.File(name);
        string systemctl = Path.Combine(bin, "systemctl");
        Directory.CreateDirectory(Path.Combine(run, "systemd", "system"));
        Directory.CreateDirectory(bin);
        await File.WriteAllTextAsync(systemctl, $"#!/bin/sh\n{first}\necho \"$*\"\n", Stop);
        File.SetUnixFileMode(systemctl, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string text = await File.ReadAllTextAsync(Repository.PathOf("deploy", "debian", name), Stop);
        await File.WriteAllTextAsync(script, text.Replace("/run/", run + "/", StringComparison.Ordinal), Stop);
        return await RunAsync("env", $"PATH={bin}:{Environment.GetEnvironmentVariable("PATH")}", "sh", script, asked);
    }

    [Fact]
    public async Task The_timed_walks_are_a_script_that_a_shell_reads_and_know_no_others()
    {
        string walks = Repository.PathOf("tools", "Walks", "walks");
        Assert.Equal((0, ""), await RunAsync("sh", "-n", walks));
        Assert.Equal((2, "walks: there is no 'moon' (there are: archive package job source)\n"), await RunAsync("sh", walks, "moon"));
    }

    [Fact]
    public async Task The_unit_is_one_that_systemd_understands_and_shuts_what_it_can()
    {
        Tool.Require("systemd-analyze");
        string unit = Repository.PathOf("deploy", "systemd", "ringwright.service");
        // The program is not installed here; all else would be a line of its own.
        var (_, text) = await RunAsync("systemd-analyze", "verify", "--man=no", unit);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Contains("/usr/bin/ringwright is not executable", line, StringComparison.Ordinal));
        Assert.Equal(0, (await RunAsync("systemd-analyze", "security", "--offline=yes", "--no-pager", "--threshold=25", unit)).Status);
    }

    [Fact, Depth("it packs a hundred megabytes; the gate sees the same steps with a program that is none")]
    public async Task A_release_serves_without_SDK_without_HOME_and_by_itself()
    {
        string output = await PublishAsBuiltAsync(), data = _folder.File("data"), ready = _folder.File("ready");
        await RunAsync("tar", "-xzf", Archive(output), "-C", output);
        string program = Path.Combine(Directory.GetDirectories(output).Single(), "bin", "ringwright");
        await ServeAsync(program, data, ready);
    }

    /// <summary>No SDK, no HOME, no network, no right of root's, and of Debian what the package's page says.</summary>
    [Fact, Depth("it packs a hundred megabytes, and makes a root of a hundred more")]
    public async Task The_package_is_installed_on_a_bare_Debian_and_its_user_hears_a_call_there()
    {
        Tool.Require("dpkg", "ip", "espeak-ng");
        Tool.RequireMounts();
        string package = Directory.GetFiles(await PublishAsBuiltAsync(), "*.deb").Single(), root = await BareRootAsync();
        var (status, text) = await RunAsync("env", RootsPath, "dpkg", $"--root={root}", "--install", package);
        Assert.True(status == 0, text);
        await WalkAsync(root, "ringwright:ringwright", """
            cd /var/lib/ringwright
            ringwright serve --lab --seed 1 >node.log 2>&1 &
            node=$!
            ringwright wait --seconds 120 && ringwright call +15550000001 --say "Hello from a bare machine" && echo heard || cat node.log
            ringwright doctor || echo "doctor: $?"
            kill -TERM $node
            wait $node && echo ended
            """);
    }

    /// <summary>The same of what is only unpacked: nothing is installed, and who starts it is nobody, with a folder of his own.</summary>
    [Fact, Depth("it packs a hundred megabytes, and makes a root of a hundred more")]
    public async Task The_archive_is_unpacked_on_a_bare_Debian_and_anybody_hears_a_call_there()
    {
        Tool.Require("dpkg", "ip", "espeak-ng");
        Tool.RequireMounts();
        string archive = Archive(await PublishAsBuiltAsync()), root = await BareRootAsync();
        string program = Path.GetFileName(archive)[..^".tar.gz".Length], own = Path.Combine(root, "own");
        Assert.Equal(0, (await RunAsync("tar", "-xzf", archive, "--no-same-owner", "-C", root)).Status);
        Assert.Equal((0, ""), await RunAsync("mkdir", "-m", "0777", own));
        await WalkAsync(root, "65534:65534", $"""
            cd /own
            PATH=/{program}/bin:$PATH
            ringwright serve --lab --seed 1 --data data >node.log 2>&1 &
            node=$!
            ringwright wait --data data --seconds 120 && ringwright call +15550000001 --say "Hello from a bare machine" --data data &&
                echo heard || cat node.log
            kill -TERM $node
            wait $node && echo ended
            """);
        Assert.False(File.Exists(Path.Combine(root, "usr", "bin", "ringwright")));
    }

    private async Task<string> BareRootAsync()
    {
        string root = _folder.File("root");
        var (status, text) = await RunAsync("env", RootsPath, "sh", Repository.PathOf("tests", "Interop", "Documents", "bare-root"), root,
            "libgcc-s1", "libstdc++6", "libssl3", "libssl3t64", "ca-certificates", "tzdata", "espeak-ng", "libsqlite3-0", "libmpg123-0",
            "libmp3lame0", "libopus0");
        Assert.True(status == 0, text);
        return root;
    }

    /// <summary>
    /// Namespaces of its own: its processes, its mounts and its lone loopback go with the shell that began them. It says that a call was
    /// heard, and that the node ended as it should.
    /// </summary>
    private static async Task WalkAsync(string root, string user, string walk)
    {
        const string enter = """
            ip link set lo up && mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" &&
            exec chroot --userspec="$3" "$1" /usr/bin/env -i PATH=/usr/bin:/bin /bin/sh -c "$2"
            """;
        var (status, text) = await RunAsync("env", RootsPath, "unshare", "--mount", "--net", "--pid", "--fork", "--kill-child",
            "sh", "-c", enter, "sh", root, walk, user);
        Assert.True(status == 0 && text.Contains("\nheard\n", StringComparison.Ordinal)
            && text.Contains("\nended\n", StringComparison.Ordinal), text);
    }

    private async Task ServeAsync(string program, string data, string ready)
    {
        int rtp = FreePort.UdpRange(64);
        var start = new ProcessStartInfo("/bin/sh",
            [program, "serve", "--lab", "--data", data, "--ready-file", ready, "--api-key", "KEYmine", "--http", "127.0.0.1:0",
                "--admin", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--rtp", $"{rtp}-{rtp + 63}"])
        {
            WorkingDirectory = _folder.Path,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        using var node = Process.Start(start)!;
        try
        {
            while (!File.Exists(ready))
            {
                Assert.False(node.HasExited, "the node ended");
                await Task.Delay(50, Stop);
            }
            var where = JsonNode.Parse(await File.ReadAllTextAsync(ready, Stop))!;
            using var api = new HttpClient { BaseAddress = new($"{where["http"]}") };
            Assert.Equal("ringwright", (string?)JsonNode.Parse(await api.GetStringAsync("/", Stop))!["name"]);
            api.DefaultRequestHeaders.Add("Authorization", "Bearer KEYmine");
            using var answer = await api.GetAsync("/v2/phone_numbers", Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        finally
        {
            using var end = Process.Start("kill", ["-TERM", $"{node.Id}"]);
            await node.WaitForExitAsync(Stop);
        }
        Assert.Equal(0, node.ExitCode);
    }

    private static string Machine => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    private static string Archive(string output) => Directory.GetFiles(output, "*.tar.gz").Single();

    /// <summary>A program that is a word, and a runtime that says what it was asked.</summary>
    private async Task<string> PublishNothingAsync(string name = "out")
    {
        string program = _folder.File("program"), dotnet = _folder.File("dotnet"), output = _folder.File(name);
        foreach (string file in new[]
        {
            "ringwright.dll", "ringwright.pdb", $"runtimes/linux-{Machine}/native/libe_sqlite3.so",
            "runtimes/linux-other/native/libe_sqlite3.so",
        })
            Write(Path.Combine(program, file), "nothing");
        foreach (string folder in new[] { "host/fxr/10.0.9", "shared/Microsoft.NETCore.App/10.0.8", "shared/Microsoft.NETCore.App/10.0.9",
            "shared/Microsoft.AspNetCore.App/10.0.9" })
            Write(Path.Combine(dotnet, folder, "lib.so"), "nothing");
        Write(Path.Combine(dotnet, "dotnet"), "#!/bin/sh\necho \"$* of ${RINGWRIGHT_DATA:-none}\"\n");
        File.SetUnixFileMode(Path.Combine(dotnet, "dotnet"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (status, text) = await PublishAsync(program, dotnet, "10.0.9", output);
        Assert.True(status == 0, text);
        return output;

        static void Write(string file, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    /// <summary>Of the program that was built and of the .NET that runs us, which is the SDK's.</summary>
    private async Task<string> PublishAsBuiltAsync()
    {
        string output = _folder.File("out"), built = Path.GetDirectoryName(Repository.Program)!; // a file in a folder
        string dotnet = Path.GetDirectoryName(Environment.ProcessPath)!; // the host that runs us is the SDK's
        var (status, text) = await PublishAsync(built, dotnet, Environment.Version.ToString(3), output);
        Assert.True(status == 0, text);
        return output;
    }

    private static Task<(int Status, string Text)> PublishAsync(string program, string dotnet, string framework, string output) =>
        RunAsync("sh", Repository.PathOf("tools", "Publish", "publish"), Repository.Root, program, dotnet, framework, output);

    private static async Task<(int Status, string Text)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("RINGWRIGHT_DATA");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Stop);
        string text = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, text + await error);
    }

    public void Dispose() => _folder.Dispose();
}
