using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>SRTP and Opus with baresip: its own ciphers and its own codec, measured by frequency and level on both ends.</summary>
[Collection(nameof(TurnNode))]
public sealed class EncryptedCallTests(TurnNode node)
{
    private const int Low = 440, High = 1_000;

    [Fact]
    public async Task An_encrypted_caller_and_a_plain_callee_hear_each_other()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var callee = new Interop.Phone(node, Low);
        await using var caller = new Baresip(High, "regint=0;mediaenc=srtp-mand;audio_codecs=pcmu",
            $"sip:{customer.Number}@127.0.0.1:{node.SipPort}");
        var call = await customer.NextAsync("call.initiated");
        await customer.ActAsync(call, "answer");
        await customer.ActAsync(call, "transfer", new() { ["to"] = $"sip:callee@127.0.0.1:{callee.Port}" });
        await caller.SaysAsync("SRTP is Enabled (cryptosuite=AES_CM_128_HMAC_SHA1_80)");
        await callee.HearsAsync(High);
        await caller.HearsAsync(Low);
    }

    [Fact, Depth("the gate has an encrypted caller with a plain callee, one in Opus, and baresip")]
    public async Task A_call_dialled_with_SRTP_is_encrypted_both_ways()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var callee = new Interop.Phone(node, Low);
        await using var softphone = new Baresip(High, "regint=0;mediaenc=srtp-mand;audio_codecs=pcmu;answermode=auto");
        await softphone.SaysAsync("baresip is ready");
        var call = await customer.DialAsync(softphone.Uri, new() { ["media_encryption"] = "SRTP" });
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "transfer", new() { ["to"] = $"sip:callee@127.0.0.1:{callee.Port}" });
        await callee.HearsAsync(High);
        await softphone.HearsAsync(Low);
        await softphone.SaysAsync("SRTP is Enabled");
    }

    /// <summary>The lab's echo sends back what it decoded, encoded anew.</summary>
    [Fact]
    public async Task An_encrypted_call_in_Opus_comes_back_from_the_lab_as_it_was()
    {
        using var client = new HttpClient();
        var trunks = JsonNode.Parse(await client.GetStringAsync(new Uri(node.Admin, "operator/v1/trunks"),
            TestContext.Current.CancellationToken))!["data"]!.AsArray();
        int lab = (int)trunks.First(t => (string?)t!["name"] == "lab")!["port"]!;
        await using var softphone = new Baresip(High, "regint=0;mediaenc=srtp-mand;audio_codecs=opus/48000/2",
            $"sip:+15550080000@127.0.0.1:{lab}");
        await softphone.SaysAsync("Call established");
        await softphone.HearsAsync(High);
        await softphone.SaysAsync("Set audio decoder: opus 48000Hz");
    }
}
