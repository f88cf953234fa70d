using System.Text.RegularExpressions;
using Ringwright.Core;
using Ringwright.Telnyx;

namespace Ringwright.Edge.Telnyx;

public sealed class IdsTests
{
    [Fact]
    public void A_token_is_v3_and_54_characters_of_base64url() =>
        Assert.Matches(new Regex("^v3:[A-Za-z0-9_-]{54}$"), Samples.Ids().CallControl(Samples.Tenant, Samples.Leg));

    [Fact]
    public void A_token_that_we_minted_gives_its_leg_back()
    {
        var ids = Samples.Ids();
        Assert.True(ids.TryReadCallControl(ids.CallControl(Samples.Tenant, Samples.Leg), Samples.Tenant, out var leg));
        Assert.Equal(Samples.Leg, leg);
    }

    [Fact]
    public void A_token_outlives_a_restart()
    {
        string token = Samples.Ids().CallControl(Samples.Tenant, Samples.Leg);
        var later = new Ids(Samples.Node() with { Epoch = 8 });
        Assert.True(later.TryReadCallControl(token, Samples.Tenant, out _));
    }

    [Fact]
    public void A_token_of_another_tenant_is_refused()
    {
        var ids = Samples.Ids();
        Assert.False(ids.TryReadCallControl(ids.CallControl(Samples.Stranger, Samples.Leg), Samples.Tenant, out _));
    }

    [Fact]
    public void Accounts_that_come_by_turns_have_each_their_own_tokens()
    {
        var ids = Samples.Ids();
        foreach (var tenant in (TenantId[])[Samples.Tenant, Samples.Stranger, Samples.Stranger, Samples.Tenant])
        {
            string token = ids.CallControl(tenant, Samples.Leg);
            Assert.Equal(Samples.Ids().CallControl(tenant, Samples.Leg), token);
            Assert.True(ids.TryReadCallControl(token, tenant, out _));
            Assert.False(ids.TryReadCallControl(token, tenant == Samples.Tenant ? Samples.Stranger : Samples.Tenant, out _));
        }
    }

    [Fact]
    public void A_token_of_another_installation_is_refused()
    {
        string forged = new Ids(Samples.Node(seed: 9)).CallControl(Samples.Tenant, Samples.Leg);
        Assert.False(Samples.Ids().TryReadCallControl(forged, Samples.Tenant, out _));
    }

    [Fact]
    public void Every_single_changed_character_is_noticed()
    {
        var ids = Samples.Ids();
        string token = ids.CallControl(Samples.Tenant, Samples.Leg);
        for (int i = 0; i < token.Length; i++)
        {
            foreach (char other in "Ab9_-:")
            {
                if (token[i] == other) continue;
                string tampered = string.Concat(token.AsSpan(0, i), [other], token.AsSpan(i + 1));
                Assert.False(ids.TryReadCallControl(tampered, Samples.Tenant, out _), tampered);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("v3:")]
    [InlineData("not-a-call")]
    [InlineData("v2:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg")]
    [InlineData("v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg")]
    [InlineData("v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4p+/")]
    [InlineData("428c31b6-7af4-4bcb-b7f5-5013ef9657c1")]
    public void Random_text_is_no_token(string text) => Assert.False(Samples.Ids().TryReadCallControl(text, Samples.Tenant, out _));

    [Fact]
    public void A_speak_id_is_ten_letters_and_digits_and_stays_the_same()
    {
        var speak = new Guid("9f0b1a2c-3d4e-4f50-8a6b-7c8d9e0f1a2b");
        Assert.Matches(new Regex("^[A-Za-z0-9]{10}$"), Ids.Speak(speak));
        Assert.Equal(Ids.Speak(speak), Ids.Speak(speak));
        Assert.NotEqual(Ids.Speak(speak), Ids.Speak(new Guid("9f0b1a2c-3d4e-4f50-8a6b-7c8d9e0f1a2c")));
    }
}
