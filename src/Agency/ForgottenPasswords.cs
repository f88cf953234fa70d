using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>Mails codes to users who have forgotten their passwords. Whether there is a user of an address nobody is told.</summary>
internal sealed class ForgottenPasswords(AgencyParts parts)
{
    private const int MostAsked = 10, MostMails = 3;

    /// <summary>By whoever asks, in a minute; and to one address, in an hour.</summary>
    private readonly BruteForceLimiter _asked = new(), _mailed = new(TimeSpan.FromHours(1));

    public async ValueTask<Reply> Forgot(OperationContext op)
    {
        if (!parts.HasMail) return op.NotBuilt("The node has no mail server, so that it sends no code.");
        string source = BruteForceLimiter.SourceOf(op.Credential.Remote);
        if (await _asked.IsShutAsync(source, MostAsked, op.Now, op.Stop))
            return op.Fail(Fault.TooManyRequests, "Too many codes were asked for: try again in a minute.").With("Retry-After", "60");
        await _asked.CountAsync(source, op.Now, op.Stop);
        string email = AgencyUsers.Email((string)op.ReadObject()["email"]!);        // required
        if (await parts.Users.FindByEmailAsync(email, op.Stop) is { Status: UserRow.Active } user && PasswordMail.IsAddress(email)
                && !await _mailed.IsShutAsync(email, MostMails, op.Now, op.Stop))
        {
            await _mailed.CountAsync(email, op.Now, op.Stop);
            string agency = (await parts.Tenancy.AgencyAsync(user.TenantId, op.Stop)).Name;
            await parts.Store.Outbox.AddAsync([PasswordMail.Of(user, agency, op.Now)], op.Stop);
        }
        return op.Ok(new JsonObject { ["message"] = "Whoever signs in by this address is sent a code." });
    }
}
