using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// A softphone that is not ours: says one tone all the time and writes what it hears into a file, which is measured once it has gone.
/// </summary>
internal sealed class Baresip : IAsyncDisposable
{
    /// <summary>It goes by itself only where nobody ended it: later than the longest test on a slow machine.</summary>
    private const int Header = 44, Rate = 8_000, ToneSeconds = 120, QuitSeconds = 120, RtpPorts = 32;
    /// <summary>A tone that was said at 9,000 or 10,000 and came whole, or nearly so.</summary>
    private const double Least = 6_000, Most = 12_000;
    /// <summary>Below it there is silence.</summary>
    private const double Silence = 200;
    private const string Modules = "/usr/lib/baresip/modules";
    private const string Established = "Call established", Closed = "session closed:";
    /// <summary>Of one call, while the node says that it has too much to do.</summary>
    private const int Tries = 3;

    private readonly TempFolder _folder = new();
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;
    private readonly string _account;

    /// <param name="hertz">What it says.</param>
    /// <param name="account">Parameters of its account: mediaenc, audio_codecs, answermode, registration …</param>
    /// <param name="calls">A URI that it calls at once; null waits.</param>
    /// <param name="address">Its address of record with URI parameters; its own host and port when not set.</param>
    /// <param name="host">Its address, where that is not loopback, and <paramref name="before"/> what stands before its command.</param>
    /// <param name="modules">More of its applications; then it has no account before <see cref="RegisterAsync"/>.</param>
    /// <param name="lives">When it goes by itself, if it was not ended before.</param>
    /// <param name="hears">What it hears is written and measured. Its writer (baresip 1.0, sndfile.so) may hang where audio stops in
    /// mid-call: not for a phone that holds, by a key of its own or in a transfer.</param>
    public Baresip(int hertz, string account, string? calls = null, string? address = null, string host = "127.0.0.1",
        string[]? before = null, TimeSpan? lives = null, string[]? modules = null, bool hears = true)
    {
        Tool.Require("baresip");
        // Behind it is the one that it takes for TLS.
        Port = FreePort.UdpRange(2);
        int rtp = FreePort.UdpRange(RtpPorts);
        File.WriteAllBytes(_folder.File("tone.wav"), Tone(hertz));
        File.WriteAllText(_folder.File("config"), $"""
            poll_method epoll
            sip_listen {host}:{Port}
            net_interface {(host == "127.0.0.1" ? host : "eth0")}
            audio_source aufile,{_folder.File("tone.wav")}
            audio_player aubridge,out
            audio_alert aubridge,none
            ausrc_srate {Rate}
            ausrc_channels 1
            rtp_ports {rtp}-{rtp + RtpPorts}
            snd_path {_folder.Path}
            module_path {Modules}
            module g711.so
            module g722.so
            module opus.so
            module aufile.so
            module aubridge.so
            module srtp.so
            {(hears ? "module sndfile.so" : "")}
            module stdio.so
            module_tmp account.so
            module_app menu.so
            {string.Join('\n', (modules ?? []).Select(module => $"module_app {module}"))}

            """);
        _account = $"<{address ?? Uri}>;{account}\n";
        File.WriteAllText(_folder.File("accounts"), modules is null ? _account : "");
        File.WriteAllText(_folder.File("contacts"), "");
        string[] line = [.. before ?? [], Tool.Find("baresip")!, // required above
            "-f", _folder.Path, "-t", $"{lives?.TotalSeconds ?? QuitSeconds:0}",
            .. calls is null ? Array.Empty<string>() : ["-e", $"/dial {calls}"]];
        var start = new ProcessStartInfo(line[0], line[1..])
        { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = _folder.Path };
        _process = Process.Start(start) ?? throw new InvalidOperationException("baresip did not start");
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    public string Uri => $"sip:softphone@127.0.0.1:{Port}";

    /// <summary>What others have said, to be read beside what it has when it waits in vain.</summary>
    public Func<string>? Beside { get; set; }

    /// <summary>Until it has written such a line, or so many of them.</summary>
    public Task SaysAsync(string text, int times = 1) => ExplainedAsync(() => Has(text, times), $"baresip says '{text}'");

    /// <summary>
    /// Has it make its account now that it runs. Its mwi.so looks once, a millisecond after it was loaded, for subscriptions that it
    /// already has, and does not end if a quick registrar has let it have one by then.
    /// </summary>
    public async Task RegisterAsync()
    {
        await SaysAsync("baresip is ready.");
        await _process.StandardInput.WriteAsync($"/uanew {_account}");
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Presses a key: during a call, <c>x</c> holds, <c>X</c> resumes and a digit is sent.</summary>
    public async Task PressAsync(char key)
    {
        await _process.StandardInput.WriteAsync(key);
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Calls somebody: what is typed after the key of the menu that asks for it.</summary>
    public Task DialAsync(string uri) => _process.StandardInput.WriteAsync($"d{uri}\n");

    /// <summary>
    /// Calls somebody until that is answered. A node whose disk is busy refuses a call (503), as it should; then the call is made again.
    /// Any other end is the last.
    /// </summary>
    public async Task ReachAsync(string uri)
    {
        int answered = Count(Established);
        for (int left = Tries - 1; ; left--)
        {
            int closed = Count(Closed);
            await DialAsync(uri);
            await ExplainedAsync(() => Has(Established, answered + 1) || Has(Closed, closed + 1), $"baresip reaches {uri}");
            if (Has(Established, answered + 1)) return;
            string end = _output.Last(line => line.Contains(Closed, StringComparison.Ordinal));
            Assert.True(left > 0 && end.Contains($"{Closed} 503", StringComparison.Ordinal), $"{end}; its output was\n{AllLogs}");
            TestContext.Current.TestOutputHelper?.WriteLine($"refused at first: {end}\n{Beside?.Invoke()}");
        }
    }

    public string Log => string.Join('\n', _output);

    private string AllLogs => Beside is { } others ? $"{Log}\nbeside it:\n{others()}" : Log;

    /// <summary>Hangs up and goes; then its files are whole.</summary>
    public async Task EndAsync()
    {
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await terminate.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await _process.WaitForExitAsync(limit.Token);
    }

    /// <summary>Goes at once, and takes leave of nobody.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Until it has heard, silence or not, for so long from now on.</summary>
    public Task HearsForAsync(TimeSpan span)
    {
        double until = HeardSeconds + span.TotalSeconds;
        return ExplainedAsync(() => HeardSeconds >= until, $"baresip hears for {span}");
    }

    /// <summary>Amplitude of a tone in the last second that it heard; full scale is 32,768.</summary>
    public double Heard(int hertz)
    {
        byte[] wav = ReadHeard();
        if (wav.Length < Header) return 0;
        var (channels, rate) = FormatOf(wav);
        int frames = (wav.Length - Header) / (2 * channels), first = Math.Max(0, frames - rate);
        double real = 0, imaginary = 0;
        for (int i = first; i < frames; i++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * hertz * i / rate);
            short sample = BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(Header + 2 * channels * i));
            (real, imaginary) = (real + sample * cos, imaginary + sample * sin);
        }
        return 2 * Math.Sqrt(real * real + imaginary * imaginary) / Math.Max(1, frames - first);
    }

    /// <summary>
    /// Until a second that it hears from now on is that tone, as loud as it was said, and a later one too: a voice goes on. No one second
    /// is sure to be: whoever says it may have stood meanwhile, and then there is a hole in it.
    /// </summary>
    public async Task HearsAsync(int hertz)
    {
        for (int seconds = 1; seconds <= 2; seconds++)
        {
            double from = HeardSeconds + 1, level = 0;
            await ExplainedAsync(() => HeardSeconds >= from && (level = Heard(hertz)) is >= Least and <= Most,
                () => $"baresip hears {hertz} Hz for second {seconds} (heard {level:0})");
        }
    }

    /// <summary>Until something louder than silence is in the last tenth of a second that it heard.</summary>
    public Task HearsSomethingAsync() => ExplainedAsync(() => Loudness > Silence, () => "baresip hears something");

    /// <summary>Until each of these tones and none of the others is in a second that it hears from now on.</summary>
    public Task HearsOnlyAsync(int[] hertz, params int[] butNot)
    {
        double from = HeardSeconds + 1;
        return Eventually.TrueAsync(() => HeardSeconds >= from && Array.TrueForAll(hertz, tone => Heard(tone) > 3_000)
            && Array.TrueForAll(butNot, tone => Heard(tone) < 300), () => $"baresip hears {Levels(hertz)}and not {Levels(butNot)}\n{Log}");
    }

    private string Levels(int[] hertz) => string.Concat(hertz.Select(tone => $"{tone} Hz (heard {Heard(tone):0}) "));

    public async ValueTask DisposeAsync()
    {
        try
        {
            await EndAsync();
        }
        catch (OperationCanceledException)
        {
            Kill();     // it is not what is tested, and must not hide what failed
        }
        _process.Dispose();
        _folder.Dispose();
    }

    private Task ExplainedAsync(Func<bool> condition, string what) => ExplainedAsync(condition, () => what);

    private async Task ExplainedAsync(Func<bool> condition, Func<string> what)
    {
        bool isSo = false;
        await Eventually.TrueAsync(() => (isSo = condition()) || _process.HasExited, () => $"{what()}; its output was\n{AllLogs}");
        Assert.True(isSo || condition(), $"not so, and it has gone: {what()}; its output was\n{AllLogs}");
    }

    /// <summary>Root mean square of the last tenth of a second that it heard.</summary>
    private double Loudness
    {
        get
        {
            byte[] wav = ReadHeard();
            if (wav.Length < Header) return 0;
            var (channels, rate) = FormatOf(wav);
            int samples = (wav.Length - Header) / 2, first = Math.Max(0, samples - channels * rate / 10);
            double sum = 0;
            for (int i = first; i < samples; i++)
                sum += Math.Pow(BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(Header + 2 * i)), 2);
            return Math.Sqrt(sum / Math.Max(1, samples - first));
        }
    }

    private double HeardSeconds
    {
        get
        {
            byte[] wav = ReadHeard();
            if (wav.Length < Header) return 0;
            var (channels, rate) = FormatOf(wav);
            return (wav.Length - Header) / (2.0 * channels * rate);
        }
    }

    /// <summary>The newest file of what it decoded, as far as it is written.</summary>
    private byte[] ReadHeard() => Directory.EnumerateFiles(_folder.Path, "dump-*-dec.wav").Order(StringComparer.Ordinal).LastOrDefault()
        is { } file ? File.ReadAllBytes(file) : [];

    private static (int Channels, int Rate) FormatOf(byte[] wav) =>
        (BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(22)), BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(24)));

    private bool Has(string text, int times) => Count(text) >= times;

    private int Count(string text) => _output.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>A WAV file of one sine.</summary>
    internal static byte[] Tone(int hertz)
    {
        byte[] wav = new byte[44 + 2 * Rate * ToneSeconds];
        "RIFF"u8.CopyTo(wav);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(4), wav.Length - 8);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        int[] format = [16, 1 << 16 | 1, Rate, 2 * Rate, 16 << 16 | 2];     // mono, PCM, 16 bits
        for (int i = 0; i < format.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(16 + 4 * i), format[i]);
        "data"u8.CopyTo(wav.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), wav.Length - 44);
        for (int i = 0; i < Rate * ToneSeconds; i++)
            BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(44 + 2 * i), (short)(9_000 * Math.Sin(2 * Math.PI * hertz * i / Rate)));
        return wav;
    }
}
