using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>The six parts of users, as <c>user_role</c> has them.</summary>
internal static class AgencyRoles
{
    public const string Owner = "agency_owner", Admin = "agency_admin", Member = "agency_member", ClientAdmin = "client_admin",
        ClientViewer = "client_viewer", Platform = "admin";

    /// <summary>An administrator of the platform who acts within an agency: never a user's own part.</summary>
    public const string Acting = "admin within an agency";

    public static bool IsOfAgency(string role) => role is Owner or Admin or Member;

    public static bool IsOfClient(string role) => role is ClientAdmin or ClientViewer;

    /// <summary>What a key of the account may do, in the words of this API.</summary>
    public static string Of(Caller caller) => caller.Title ?? (caller.Child is null, caller.Role) switch
    {
        (true, CallerRole.Owner) => Owner,
        (true, CallerRole.Member) => Admin,
        (true, _) => Member,
        (false, CallerRole.Owner or CallerRole.Member) => ClientAdmin,
        (false, _) => ClientViewer,
    };

    public static CallerRole CallerRoleOf(string role) => role switch
    {
        Owner => CallerRole.Owner,
        Admin or ClientAdmin => CallerRole.Member,
        _ => CallerRole.Reader,
    };
}
